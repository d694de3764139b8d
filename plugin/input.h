/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets from Wireshark to the core. capan's dissectors for TCP, ICMP and ICMPv6 replace Wireshark's in the table
 * "ip.proto" and call those afterwards: there they get the octets and the IP header's fields, whatever tunnel is around
 * them, and Wireshark need not build a protocol tree for it. */
#ifndef INPUT_H
#define INPUT_H

#include "compat.h"

#include "capan/packet.h"

void capan_input_register_handoff(void);

/* The last segment of this frame that the core was given, once; NULL when there was none. Its octets are valid as long
 * as the frame is dissected. */
const struct capan_packet *capan_input_last(const packet_info *pinfo);

#endif
