/* SPDX-License-Identifier: MIT */
#include "roles.h"

#include "message.h"

bool capan_role_is_client(const struct capan_tcp_header *first) {
    if (first->flags & CAPAN_TH_SYN) return !(first->flags & CAPAN_TH_ACK);
    switch (capan_http_look(first->payload)) {
    case CAPAN_LOOKS_REQUEST: return true;
    case CAPAN_LOOKS_RESPONSE: return false;
    default: return first->src_port >= first->dst_port;
    }
}
