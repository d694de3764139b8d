/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The protocol "capan": its input stands around TCP, its output behind all other dissectors. */
#ifndef PACKET_CAPAN_H
#define PACKET_CAPAN_H

void capan_register_protocol(void);
void capan_register_handoff(void);

#endif
