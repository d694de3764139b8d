/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What Wireshark's TLS dissector decrypted, to the core. It keeps the plaintext of the records for each frame: no field
 * and no tree is needed, and it does not matter whether Wireshark's HTTP dissector reads it. */
#ifndef DECRYPTED_H
#define DECRYPTED_H

#include "compat.h"

#include "capan/analysis.h"

/* Called for each frame of the first pass after all dissectors. segment is what capan_input_last() gives. */
void capan_decrypted_read(packet_info *pinfo, const struct capan_packet *segment);

#endif
