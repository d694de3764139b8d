/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Wireshark -> core. Stands in the "ip.proto" table in front of TCP, ICMP and ICMPv6, whatever the tunnel around them:
 * the header's octets, IP's facts and the payload are all at hand there, without a protocol tree and without asking
 * for one field. */
#ifndef INPUT_H
#define INPUT_H

#include "compat.h"

#include "capan/packet.h"

void capan_input_register_handoff(void);

/* The segment that this frame fed to the core last, NULL when there was none. Its octets are there until the frame is
 * done. */
const struct capan_packet *capan_input_last(const packet_info *pinfo);

#endif
