/* SPDX-License-Identifier: MIT */
/* Packets as a pcapng file of one interface (draft-ietf-opsawg-pcapng), little-endian. */
#ifndef PCAPNG_H
#define PCAPNG_H

#include <stdio.h>

#include "capan/capan.h"

enum { PCAPNG_ETHERNET = 1, PCAPNG_RAW = 101 /* IP without a frame */ };

/* Each false when file refused octets; errno says why. comment, and the interface's name: UTF-8; "" none. */
bool pcapng_begin(FILE *file, const char *comment, uint16_t link_type, const char *interface);
/* A packet in an Ethernet frame made for it, if it was in one, in the VLAN that its path is the number of, up to 4094;
 * 0 none. */
bool pcapng_packet(FILE *file, const struct capan_packet *, bool icmp, const char *comment);
/* A frame as it was captured; wire_len: its octets before it was cut to a snap length. */
bool pcapng_frame(FILE *file, int64_t time_ns, struct capan_span octets, uint32_t wire_len);
/* So many packets came to the interface until then, and the system lost so many of them. */
bool pcapng_dropped(FILE *file, int64_t time_ns, uint64_t received, uint64_t dropped);

#endif
