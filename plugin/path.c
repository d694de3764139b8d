/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "path.h"

#include <epan/exceptions.h>
#include <string.h>

#include "before.h"
#include "store.h"

/* The way gone so far. */
static struct way {
    uint32_t path;
    struct capan_address src, dst; /* of the IP header around it all; version 0 outside of IP */
} way;

/* A carrier's first octets, zeros behind their end. */
enum { HEAD = 24 };

/* --- what a carrier's header adds to the path, 0 for nothing; the same in both directions --- */

static uint32_t nothing(const uint8_t *head) {
    (void)head;
    return 0;
}

/* VLAN 0 is a priority, no VLAN (IEEE 802.1Q 9.6). */
static uint32_t vlan(const uint8_t *head) {
    return be16(head) & 0x0fff;
}

static uint32_t backbone_service(const uint8_t *head) {
    return be24(head + 1);
}

/* Wireshark's dissector of S-TAGs takes a second one, and an I-TAG, off by itself. */
static uint32_t service_vlan(const uint8_t *head) {
    enum { S_TAG = 0x88a8, I_TAG = 0x88e7 };
    uint16_t next = be16(head + 2);

    return vlan(head) | (next == S_TAG ? vlan(head + 4) << 12 : next == I_TAG ? backbone_service(head + 4) << 8 : 0);
}

static uint32_t pppoe_session(const uint8_t *head) {
    return be16(head + 2);
}

/* VXLAN and Geneve have it in the same place (RFC 7348 5, RFC 8926 3.4). */
static uint32_t virtual_network(const uint8_t *head) {
    return be24(head + 4);
}

/* The key (RFC 2890 2.1; not version 1's, which each end chooses) and the session of ERSPAN behind the header. */
static uint32_t gre_key(const uint8_t *head) {
    enum { CHECKSUM = 0x8000, ROUTING = 0x4000, KEY = 0x2000, SEQUENCE = 0x1000, ERSPAN_2 = 0x88be, ERSPAN_3 = 0x22eb };
    uint16_t flags = be16(head), type = be16(head + 2);
    uint32_t key_at = flags & (CHECKSUM | ROUTING) ? 8 : 4, key = flags & KEY ? be32(head + key_at) : 0;
    uint32_t end = key_at + (flags & KEY ? 4 : 0) + (flags & SEQUENCE ? 4 : 0);
    bool erspan = type == ERSPAN_3 || (type == ERSPAN_2 && flags & SEQUENCE);

    if (flags & 7) return 0;
    return key ^ (erspan ? (be16(head + end + 2) & 0x03ffu) << 16 : 0);
}

/* X(name, table, number, what its header adds): an "ip.proto" carrier's IP header adds its ends when IP is inside. */
#define CAPAN_CARRIERS(X)                                                                                              \
    X(C_TAG, "ethertype", 0x8100, vlan)                                                                                \
    X(S_TAG, "ethertype", 0x88a8, service_vlan)                                                                        \
    X(OLD_S_TAG, "ethertype", 0x9100, vlan)                                                                            \
    X(I_TAG, "ethertype", 0x88e7, backbone_service)                                                                    \
    X(PPPOE, "ethertype", 0x8864, pppoe_session)                                                                       \
    X(IPV4, "ip.proto", 4, nothing)                                                                                    \
    X(IPV6, "ip.proto", 41, nothing)                                                                                   \
    X(UDP, "ip.proto", 17, nothing)                                                                                    \
    X(GRE, "ip.proto", 47, gre_key)                                                                                    \
    X(ETHERIP, "ip.proto", 97, nothing)                                                                                \
    X(MPLS, "ip.proto", 137, nothing)                                                                                  \
    X(ETHERNET, "ip.proto", 143, nothing)                                                                              \
    X(VXLAN, "udp.port", 4789, virtual_network)                                                                        \
    X(VXLAN_GPE, "udp.port", 4790, virtual_network)                                                                    \
    X(GENEVE, "udp.port", 6081, virtual_network)                                                                       \
    X(GRE_IN_UDP, "udp.port", 4754, gre_key)

#define CAPAN_X(name, ...) name,
enum carrier { CAPAN_CARRIERS(CAPAN_X) CARRIERS };
#undef CAPAN_X

static dissector_handle_t theirs[CARRIERS];

/* --- going through --- */

struct capan_address capan_path_address(const address *from) {
    struct capan_address to = {0};

    if (from->type == AT_IPv4) to.version = 4;
    if (from->type == AT_IPv6) to.version = 6;
    if (to.version) memcpy(to.octets, from->data, (size_t)from->len);
    return to;
}

uint32_t capan_path_here(uint8_t version) {
    return capan_path_inside(way.path, &way.src, &way.dst, version);
}

static void enter_ip(const packet_info *pinfo) {
    struct capan_address src = capan_path_address(&pinfo->src);

    way.path = capan_path_here(src.version);
    way.src = src;
    way.dst = capan_path_address(&pinfo->dst);
}

static void enter(uint32_t (*fact)(const uint8_t *), enum carrier carrier, tvbuff_t *tvb) {
    uint8_t head[HEAD] = {0};

    tvb_memcpy(tvb, head, 0, MIN(tvb_captured_length(tvb), sizeof head));
    uint32_t found = fact(head);
    /* Networks of different carriers must not meet by number. */
    if (found) way.path = capan_path_through(capan_path_through(way.path, carrier), found);
}

/* Whatever ends the dissection inside, the way goes back. */
static int inside(enum carrier carrier, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data,
                  struct way before) {
    volatile int taken = 0;

    TRY {
        taken = call_dissector_only(theirs[carrier], tvb, pinfo, tree, data);
    }
    FINALLY {
        way = before;
    }
    ENDTRY;
    return taken;
}

static int through(enum carrier carrier, bool is_ip, uint32_t (*fact)(const uint8_t *), tvbuff_t *tvb,
                   packet_info *pinfo, proto_tree *tree, void *data) {
    struct way before = way;
    if (!capan_store_is_open() || PINFO_FD_VISITED(pinfo))
        return call_dissector_only(theirs[carrier], tvb, pinfo, tree, data);

    if (is_ip) enter_ip(pinfo);
    enter(fact, carrier, tvb);
    return inside(carrier, tvb, pinfo, tree, data, before);
}

#define CAPAN_X(name, table, number, fact)                                                                             \
    static int through_##name(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data) {                       \
        return through(name, table[0] == 'i', fact, tvb, pinfo, tree, data);                                           \
    }
CAPAN_CARRIERS(CAPAN_X)
#undef CAPAN_X

void capan_path_register_handoff(void) {
#define CAPAN_X(name, table, number, fact)                                                                             \
    theirs[name] = capan_stand_before(table, number, through_##name, "capan-" #name, #name " seen by capan");
    CAPAN_CARRIERS(CAPAN_X)
#undef CAPAN_X
}
