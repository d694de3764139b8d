/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What Wireshark's QUIC dissector decrypted, to the core. The plaintext of each packet is a data source of the frame:
 * no field and no tree is needed, and it does not matter what Wireshark's HTTP/3 dissector reads of it. */
#ifndef QUIC_H
#define QUIC_H

#include "compat.h"

void capan_quic_open(void);
void capan_quic_close(void);
/* Called for each frame of the first pass after all dissectors. */
void capan_quic_read(packet_info *pinfo);

#endif
