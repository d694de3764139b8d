/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What Wireshark's TLS decrypted -> core. The records' plaintext is kept by the TLS dissector for each frame: no field
 * and no tree is needed, and Wireshark's own HTTP view does not matter. */
#ifndef DECRYPTED_H
#define DECRYPTED_H

#include "compat.h"

#include "capan/analysis.h"

/* Called for each frame of the first pass after all dissectors; segment is the TCP segment that the frame was fed with,
 * or NULL. */
void capan_decrypted_read(packet_info *pinfo, const struct capan_packet *segment);

#endif
