/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "path.h"

#include <epan/exceptions.h>
#include <string.h>

#include "before.h"
#include "capan/carriers.h"
#include "verdicts.h"

/* What is around the packet that is being dissected. */
static struct outer {
    uint32_t path;
    struct capan_address src, dst; /* of the nearest IP header that has a carrier in it; version 0: there is none */
} outer;

/* Octets of a header that are read at most: GRE's longest one, and behind it that of ERSPAN, which has the session. */
enum { HEAD = 24 };

/* X(name, table, number, protocol, what its header adds): the core's list in Wireshark's words. */
#define ETHERTYPE(number, protocol, add, source)   X(ethertype_##number, "ethertype", number, protocol, add)
#define IP_PROTOCOL(number, protocol, add, source) X(ip_protocol_##number, "ip.proto", number, protocol, add)
#define UDP_PORT(number, protocol, add, source)    X(udp_port_##number, "udp.port", number, protocol, add)

/* All of them. */
#define CARRIERS CAPAN_ETHERTYPE_CARRIERS(ETHERTYPE) CAPAN_IP_CARRIERS(IP_PROTOCOL) CAPAN_UDP_CARRIERS(UDP_PORT)

#define X(name, ...) name,
enum carrier { CARRIERS CARRIER_COUNT };
#undef X

static int dissect_carrier(enum carrier carrier, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data);

/* Wireshark tells a dissector nothing of the entry that it was called for: one function for each. */
#define X(name, ...)                                                                                                   \
    static int dissect_##name(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data) {                       \
        return dissect_carrier(name, tvb, pinfo, tree, data);                                                          \
    }
CARRIERS
#undef X

#define X(name, table, number, protocol, add)                                                                          \
    {table, number, add, dissect_##name, "capan-" #name, #protocol " (" #number ") seen by capan"},
static const struct row {
    const char *table;
    uint32_t number;
    uint32_t (*add)(uint32_t path, struct capan_span header);
    dissector_t ours;
    const char *name, *description;
} rows[] = {CARRIERS};
#undef X

static dissector_handle_t theirs[CARRIER_COUNT];

static bool is_in_ip(enum carrier carrier) {
    return strcmp(rows[carrier].table, "ip.proto") == 0;
}

struct capan_address capan_path_address(const address *from) {
    struct capan_address to = {0};

    if (from->type == AT_IPv4) to.version = 4;
    if (from->type == AT_IPv6) to.version = 6;
    if (to.version) memcpy(to.octets, from->data, (size_t)from->len);
    return to;
}

uint32_t capan_path_here(uint8_t version) {
    return capan_path_inside(outer.path, &outer.src, &outer.dst, version);
}

/* An IP header with a carrier in it. */
static void enter_ip(const packet_info *pinfo) {
    struct capan_address src = capan_path_address(&pinfo->src);

    outer.path = capan_path_here(src.version);
    outer.src = src;
    outer.dst = capan_path_address(&pinfo->dst);
}

/* Wireshark's dissector of S-TAGs takes a second one, or an I-TAG, off by itself. */
static void enter_second_tag(struct capan_span first) {
    if (first.len < 8) return;
    uint16_t type = be16(first.at + 2);
    struct capan_span second = {first.at + 4, first.len - 4};

    if (type == rows[ethertype_0x88a8].number) outer.path = capan_path_vlan(outer.path, second);
    if (type == rows[ethertype_0x88e7].number) outer.path = capan_path_backbone(outer.path, second);
}

static void enter(enum carrier carrier, tvbuff_t *tvb) {
    uint8_t head[HEAD];
    struct capan_span header = {head, MIN(tvb_captured_length(tvb), sizeof head)};

    tvb_memcpy(tvb, head, 0, header.len);
    outer.path = rows[carrier].add(outer.path, header);
    if (carrier == ethertype_0x88a8) enter_second_tag(header);
}

/* Restores what is around the carrier when the dissection of what is inside ends, by an exception too. */
static int call_theirs(enum carrier carrier, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data,
                       struct outer before) {
    volatile int taken = 0;

    TRY {
        taken = call_dissector_only(theirs[carrier], tvb, pinfo, tree, data);
    }
    FINALLY {
        outer = before;
    }
    ENDTRY;
    return taken;
}

static int dissect_carrier(enum carrier carrier, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data) {
    struct outer before = outer;
    if (!capan_verdicts_ledger() || PINFO_FD_VISITED(pinfo))
        return call_dissector_only(theirs[carrier], tvb, pinfo, tree, data);

    if (is_in_ip(carrier)) enter_ip(pinfo);
    enter(carrier, tvb);
    return call_theirs(carrier, tvb, pinfo, tree, data, before);
}

void capan_path_register_handoff(void) {
    for (enum carrier carrier = 0; carrier < CARRIER_COUNT; carrier++) {
        const struct row *row = &rows[carrier];
        if (row->add == capan_path_same && !is_in_ip(carrier)) continue;
        theirs[carrier] = capan_stand_before(row->table, row->number, row->ours, row->name, row->description);
    }
}
