/* SPDX-License-Identifier: MIT */
/* Packets as a pcapng file of Ethernet frames (draft-ietf-opsawg-pcapng), little-endian. */
#ifndef PCAPNG_H
#define PCAPNG_H

#include <stdio.h>

#include "capan/capan.h"

/* Each false when file refused octets; errno says why. comment: UTF-8; "" none. */
bool pcapng_begin(FILE *file, const char *comment);
bool pcapng_packet(FILE *file, const struct capan_packet *, bool icmp, const char *comment);

#endif
