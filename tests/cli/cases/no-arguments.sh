ketch
