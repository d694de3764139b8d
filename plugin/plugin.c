/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What Wireshark's plugin loader looks for. */
#include "compat.h"

#include <epan/proto.h>
#include <epan/tap.h>
#include <ws_version.h>

#include "packet-capan.h"
#include "taps.h"

WS_DLL_PUBLIC_DEF const gchar plugin_version[] = VERSION;
WS_DLL_PUBLIC_DEF const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
WS_DLL_PUBLIC_DEF const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

WS_DLL_PUBLIC void plugin_register(void);
#ifdef CAPAN_HAVE_PLUGIN_DESCRIBE
WS_DLL_PUBLIC uint32_t plugin_describe(void);

uint32_t plugin_describe(void) {
    return WS_PLUGIN_DESC_DISSECTOR;
}
#endif

void plugin_register(void) {
    static const proto_plugin capan = {capan_register_protocol, capan_register_handoff};
    static const tap_plugin taps = {capan_taps_register};

    proto_register_plugin(&capan);
    tap_register_plugin(&taps);
}
