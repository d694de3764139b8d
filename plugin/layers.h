/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which dissectors a frame went through. */
#ifndef LAYERS_H
#define LAYERS_H

#include "compat.h"

static inline bool capan_has_layer(const packet_info *pinfo, int protocol) {
    for (wmem_list_frame_t *layer = wmem_list_head(pinfo->layers); layer; layer = wmem_list_frame_next(layer))
        if (GPOINTER_TO_INT(wmem_list_frame_data(layer)) == protocol) return true;
    return false;
}

#endif
