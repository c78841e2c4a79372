/* SPDX-License-Identifier: Apache-2.0
 *
 * Door of the room base: what every other room stands on, and which knows none of them.
 *
 *   codes    the table of messages (KQ0101 ...) and the status that each means
 *   diag     collecting and rendering messages
 *   memory   every allocation of the library: plain, growing, arena, pages for states
 *   buffer   bytes that grow; numbers as text, in no locale
 *   json     a writer that streams, on a sink
 *   symbols  names to small integers
 *   nearest  "did you mean"
 *   utf8     characters of text
 *   random   draws keyed by what they are for
 *   machine  processors, memory, clock: what the machine offers
 *   watch    how long work is stopped from outside
 *   linalg   dense complex matrices (the only place that knows BLAS and LAPACK)
 *   file     whole-or-nothing files, reading sources
 */
#ifndef KETCH_BASE_BASE_H
#define KETCH_BASE_BASE_H

#include <ketch/ketch.h>

#include <stdbool.h>

#include "base/buffer.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/json.h"
#include "base/linalg.h"
#include "base/machine.h"
#include "base/memory.h"
#include "base/nearest.h"
#include "base/random.h"
#include "base/symbols.h"
#include "base/utf8.h"
#include "base/watch.h"

#endif
