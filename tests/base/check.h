/* SPDX-License-Identifier: Apache-2.0
 *
 * What every cmocka program includes, in the order that cmocka asks for.
 */
#ifndef KETCH_TESTS_BASE_CHECK_H
#define KETCH_TESTS_BASE_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/base.h"

#endif
