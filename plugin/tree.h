/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Core -> Wireshark: a frame's verdicts as items, expert information and words for the Info column. */
#ifndef TREE_H
#define TREE_H

#include "compat.h"

#include <epan/packet.h>

#include "verdicts.h"

void capan_tree_show(const struct capan_verdicts *verdicts, int protocol, tvbuff_t *tvb, packet_info *pinfo,
                     proto_tree *tree);

#endif
