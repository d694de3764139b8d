/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "packet-capan.h"

#include "compat.h"

#include <epan/packet.h>

#include "fields.h"
#include "input.h"
#include "prefs.h"
#include "store.h"
#include "tree.h"

static int proto_capan = -1;

static int dissect_capan(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_) {
    if (!capan_store_is_open()) return 0;
    capan_tree_show(proto_capan, tvb, pinfo, tree);
    return (int)tvb_captured_length(tvb);
}

static void open_capture(void) {
    struct capan_config config = capan_prefs_config();

    capan_store_close();
    if (capan_prefs.enabled && proto_is_protocol_enabled(find_protocol_by_id(proto_capan))) capan_store_open(&config);
}

void capan_register_protocol(void) {
    proto_capan = proto_register_protocol("Capture analysis of TCP and HTTP", "capan", "capan");
    capan_fields_register(proto_capan);
    capan_prefs_register(proto_capan);
    register_init_routine(open_capture);
    register_cleanup_routine(capan_store_close);
    register_postseq_cleanup_routine(capan_store_finish);
}

void capan_register_handoff(void) {
    register_postdissector(create_dissector_handle(dissect_capan, proto_capan));
    capan_input_register_handoff();
}
