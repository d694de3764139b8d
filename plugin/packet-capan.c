/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "packet-capan.h"

#include "compat.h"

#include <epan/packet.h>
#include <epan/tap.h>

#include "decrypted.h"
#include "fields.h"
#include "frames.h"
#include "input.h"
#include "path.h"
#include "prefs.h"
#include "quic.h"
#include "taps.h"
#include "tree.h"

static int proto_capan = -1;
static int capan_tap = -1;

/* All frames have been read once: verdicts that waited for later frames are settled. */
static void end_first_pass(void) {
    if (!capan_verdicts_ledger()) return;
    capan_frames_end();
    capan_analysis_finish(capan_verdicts_analysis());
}

static void show_verdicts(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree) {
    struct capan_verdicts *verdicts = wmem_new(pinfo->pool, struct capan_verdicts);

    if (capan_ledger_frame(capan_verdicts_ledger(), pinfo->num, verdicts)) {
        capan_tree_show(verdicts, proto_capan, tvb, pinfo, tree);
        tap_queue_packet(capan_tap, pinfo, verdicts);
    }
    capan_export_queue(pinfo, verdicts);
}

static int dissect_capan(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_) {
    if (!capan_verdicts_ledger()) return 0;
    if (!PINFO_FD_VISITED(pinfo)) {
        capan_frames_read(pinfo);
        capan_decrypted_read(pinfo, capan_input_last(pinfo));
        capan_quic_read(pinfo);
        if (capan_frames_is_last_again(pinfo)) end_first_pass();
        if (tree) capan_analysis_catch_up(capan_verdicts_analysis()); /* it is shown now, perhaps once only */
    }
    show_verdicts(tvb, pinfo, tree);
    return (int)tvb_captured_length(tvb);
}

static void close_capture(void) {
    capan_verdicts_close();
    capan_quic_close();
}

static void open_capture(void) {
    struct capan_config config = capan_prefs_config();

    close_capture();
    if (!capan_prefs.enabled || !proto_is_protocol_enabled(find_protocol_by_id(proto_capan))) return;
    capan_frames_open();
    capan_quic_open();
    capan_verdicts_open(&config);
}

void capan_register_protocol(void) {
    proto_capan = proto_register_protocol("Capture analysis of TCP and HTTP", "capan", "capan");
    capan_fields_register(proto_capan);
    capan_prefs_register(proto_capan);
    capan_tap = register_tap("capan");
    capan_export_register(proto_capan);
    register_init_routine(open_capture);
    register_cleanup_routine(close_capture);
    register_postseq_cleanup_routine(end_first_pass);
}

void capan_register_handoff(void) {
    register_postdissector(create_dissector_handle(dissect_capan, proto_capan));
    capan_input_register_handoff();
    capan_path_register_handoff();
}
