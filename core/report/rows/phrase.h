/* SPDX-License-Identifier: MIT */
/* The reason phrases that RFCs recommend for statuses (RFC 9110 15.1). */
#ifndef PHRASE_H
#define PHRASE_H

#include <stdint.h>

/* "Not Modified" of 304; empty for a status that no RFC names. */
const char *capan_status_phrase(uint16_t status);

#endif
