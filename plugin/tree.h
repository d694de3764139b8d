/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shows a frame's verdicts in Wireshark: as items of the tree, as expert information, in the Info column. */
#ifndef TREE_H
#define TREE_H

#include "compat.h"

#include <epan/packet.h>

#include "verdicts.h"

void capan_tree_show(const struct capan_verdicts *verdicts, int protocol, tvbuff_t *tvb, packet_info *pinfo,
                     proto_tree *tree);

#endif
