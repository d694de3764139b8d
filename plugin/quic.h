/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What Wireshark's QUIC decrypted -> core. The packets' plaintext is a data source of the frame: no field and no tree
 * is needed, and what Wireshark's own HTTP/3 makes of it does not matter. */
#ifndef QUIC_H
#define QUIC_H

#include "compat.h"

void capan_quic_open(void);
void capan_quic_close(void);
/* Called for each frame of the first pass after all dissectors. */
void capan_quic_read(packet_info *pinfo);

#endif
