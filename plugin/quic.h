/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What Wireshark's QUIC decrypted -> HTTP/3 -> core. The packets' plaintext is a data source of the frame: no field and
 * no tree is needed, and what Wireshark's own HTTP/3 makes of it does not matter. */
#ifndef QUIC_H
#define QUIC_H

#include "compat.h"

#ifdef CAPAN_HAVE_NGHTTP3
void capan_quic_open(void);
void capan_quic_close(void);
/* Called for each frame of the first pass after all dissectors. */
void capan_quic_read(packet_info *pinfo);
#else /* nothing decompresses its fields: HTTP/3 is passed over */
static inline void capan_quic_open(void) {}
static inline void capan_quic_close(void) {}
static inline void capan_quic_read(packet_info *pinfo _U_) {}
#endif

#endif
