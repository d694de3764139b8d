/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The protocol "capan": a post-dissector, which shows a frame's verdicts after all other dissectors have seen it. */
#ifndef PACKET_CAPAN_H
#define PACKET_CAPAN_H

void capan_register_protocol(void);
void capan_register_handoff(void);

#endif
