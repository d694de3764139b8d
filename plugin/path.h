/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The VLANs and tunnels around what is being dissected, noted as Wireshark goes through them: the same ports in another
 * tunnel are another connection, as for the program. */
#ifndef PATH_H
#define PATH_H

#include "compat.h"

#include "capan/packet.h"

void capan_path_register_handoff(void);

/* capan_packet.path for a packet of that IP version which is being dissected. */
uint32_t capan_path_here(uint8_t version);

/* Of version 0 when it is not of IP. */
struct capan_address capan_path_address(const address *from);

#endif
