/* SPDX-License-Identifier: MIT */
#include "capan/carriers.h"

#include "bytes.h"

/* Set in a number of 24 bits at most, so that those of different carriers do not meet. A VLAN's has none. */
enum mark {
    PPPOE_SESSION = 0x01000000,
    VXLAN_NETWORK = 0x02000000,
    GENEVE_NETWORK = 0x03000000,
    GRE_KEY = 0x04000000,
    ERSPAN_SESSION = 0x05000000,
    BACKBONE_SERVICE = 0x06000000
};

uint32_t capan_path_same(uint32_t path, struct capan_span header) {
    (void)header;
    return path;
}

/* VLAN 0 is a priority, no VLAN (IEEE 802.1Q 9.6). */
uint32_t capan_path_vlan(uint32_t path, struct capan_span header) {
    uint16_t vlan = header.len < 2 ? 0 : read_be16(header.at) & 0x0fff;
    return vlan ? capan_path_through(path, vlan) : path;
}

/* The service of an I-TAG (IEEE 802.1Q 9.7). */
uint32_t capan_path_backbone(uint32_t path, struct capan_span header) {
    return header.len < 4 ? path : capan_path_through(path, BACKBONE_SERVICE | read_be24(header.at + 1));
}

/* The session (RFC 2516 4). */
uint32_t capan_path_pppoe(uint32_t path, struct capan_span header) {
    return header.len < 4 ? path : capan_path_through(path, PPPOE_SESSION | read_be16(header.at + 2));
}

/* The network, which RFC 7348 5 and RFC 8926 3.4 have at the same offset. */
static uint32_t through_network(uint32_t path, struct capan_span header, enum mark mark) {
    return header.len < 7 ? path : capan_path_through(path, mark | read_be24(header.at + 4));
}

uint32_t capan_path_vxlan(uint32_t path, struct capan_span header) {
    return through_network(path, header, VXLAN_NETWORK);
}

uint32_t capan_path_geneve(uint32_t path, struct capan_span header) {
    return through_network(path, header, GENEVE_NETWORK);
}

uint32_t capan_gre_header_len(uint16_t flags) {
    return 4 + (flags & (CAPAN_GRE_CHECKSUM | CAPAN_GRE_ROUTING) ? 4U : 0) + (flags & CAPAN_GRE_KEY ? 4U : 0) +
           (flags & CAPAN_GRE_SEQUENCE ? 4U : 0) + ((flags & CAPAN_GRE_VERSION) == 1 && flags & CAPAN_GRE_ACK ? 4U : 0);
}

/* The key (RFC 2890 2.1), and the session of an ERSPAN header behind GRE's. Not the key of version 1, which is a length
 * and a number that each end chooses (RFC 2637 4.1). */
uint32_t capan_path_gre(uint32_t path, struct capan_span header) {
    uint16_t flags = header.len < 4 ? CAPAN_GRE_VERSION : read_be16(header.at);
    uint32_t len = capan_gre_header_len(flags), key_at = flags & (CAPAN_GRE_CHECKSUM | CAPAN_GRE_ROUTING) ? 8 : 4;
    if (flags & CAPAN_GRE_VERSION) return path;
    if (flags & CAPAN_GRE_KEY && header.len >= len)
        path = capan_path_through(capan_path_through(path, GRE_KEY), read_be32(header.at + key_at));
    uint16_t type = read_be16(header.at + 2);
    bool erspan = type == CAPAN_GRE_ERSPAN_3 || (type == CAPAN_GRE_ERSPAN_2 && flags & CAPAN_GRE_SEQUENCE);
    if (erspan && !(flags & CAPAN_GRE_ROUTING) && header.len >= len + 4)
        path = capan_path_through(path, ERSPAN_SESSION | (read_be16(header.at + len + 2) & 0x03ff));
    return path;
}
