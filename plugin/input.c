/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "input.h"

#include "compat.h"

#include <epan/dissectors/packet-ip.h>
#include <epan/ipproto.h>
#include <epan/packet.h>
#include <string.h>
#include <wiretap/wtap.h>

#include "before.h"
#include "frames.h"
#include "path.h"
#include "verdicts.h"

static dissector_handle_t tcp_handle, icmp_handle, icmpv6_handle;
static struct capan_packet last_segment;
static guint32 last_frame;

/* Only the first pass feeds the core, because it goes through the frames in order. A header that an ICMP error quotes
 * is no segment, and a fragment is not a whole datagram. */
static bool is_input(const packet_info *pinfo) {
    return capan_verdicts_wanted() && !PINFO_FD_VISITED(pinfo) && !pinfo->flags.in_error_pkt && !pinfo->fragmented;
}

/* --- what IP says --- */

static void take_ip_facts(struct capan_packet *packet, const void *ip) {
    enum { DONT_FRAGMENT = 0x4000, ECN = 3, ECN_BITS = 2 };

    if (ip && *(const guint8 *)ip == 4) {
        const ws_ip4 *ip4 = ip;
        packet->ip_id = ip4->ip_id;
        packet->has_ip_id = true;
        packet->dont_fragment = ip4->ip_off & DONT_FRAGMENT;
        packet->ttl = ip4->ip_ttl;
        packet->ecn = ip4->ip_tos & ECN;
        packet->dscp = ip4->ip_tos >> ECN_BITS;
    } else if (ip && *(const guint8 *)ip == 6) {
        const ws_ip6 *ip6 = ip;
        packet->dont_fragment = true;
        packet->ttl = ip6->ip6_hop;
        packet->ecn = ip6->ip6_tc & ECN;
        packet->dscp = (uint8_t)(ip6->ip6_tc >> ECN_BITS);
    }
}

static bool is_ipv4_header(const guint8 *at, uint32_t len, const struct capan_packet *packet) {
    return at[0] == (0x40 | len / 4) && memcmp(at + 12, packet->src.octets, 4) == 0 &&
           memcmp(at + 16, packet->dst.octets, 4) == 0;
}

static bool is_ipv6_header(const guint8 *at, const struct capan_packet *packet) {
    return at[0] >> 4 == 6 && memcmp(at + 8, packet->src.octets, 16) == 0 &&
           memcmp(at + 24, packet->dst.octets, 16) == 0;
}

/* The length of the IP header, with extension headers, that ends where the payload begins. Wireshark does not tell it:
 * the shortest length at which the octets look like a header with the packet's addresses; 0 when none does. */
static uint32_t ip_header_before(const guint8 *payload, uint32_t room, const struct capan_packet *packet) {
    enum { IPV4_MAX = 60, IPV6_MAX = 512 };
    bool v4 = packet->src.version == 4;
    uint32_t len = v4 ? 20 : 40, step = v4 ? 4 : 8, max = v4 ? IPV4_MAX : IPV6_MAX;

    for (; len <= max && len <= room; len += step)
        if (v4 ? is_ipv4_header(payload - len, len, packet) : is_ipv6_header(payload - len, packet)) return len;
    return 0;
}

static tvbuff_t *frame_tvb(const packet_info *pinfo) {
    return pinfo->data_src ? get_data_source_tvb(pinfo->data_src->data) : NULL;
}

/* The length of the IP payload as the IP header states it; 0 when it does not, as in a jumbogram. */
static uint32_t payload_len(const void *ip, uint32_t header_len) {
    uint32_t len = 0;

    if (ip && *(const guint8 *)ip == 4) len = ((const ws_ip4 *)ip)->ip_len;
    if (ip && *(const guint8 *)ip == 6 && ((const ws_ip6 *)ip)->ip6_len) len = ((const ws_ip6 *)ip)->ip6_len + 40;
    return len > header_len ? len - header_len : 0;
}

/* The datagram lies in the frame, its payload at offset. The length that the IP header states counts: the tvb may be
 * shorter or longer. */
static void take_from_frame(struct capan_packet *packet, tvbuff_t *frame, uint32_t offset, const void *ip) {
    uint32_t captured = tvb_captured_length(frame) - offset, end;

    packet->ip_header_len = ip_header_before(tvb_get_ptr(frame, 0, (gint)offset) + offset, offset, packet);
    packet->link_header_len = offset - packet->ip_header_len;
    uint32_t len = packet->ip_header_len ? payload_len(ip, packet->ip_header_len) : 0;
    if (len) packet->wire_len = len;
    packet->octets.len = MIN(packet->wire_len, captured);
    packet->octets.at = tvb_get_ptr(frame, (gint)offset, (gint)packet->octets.len);
    end = offset + packet->wire_len;
    packet->padding = (uint16_t)MIN(packet->frame_len > end ? packet->frame_len - end : 0, UINT16_MAX);
}

/* The datagram was put together from fragments, or taken out of something that was: its octets are the tvb's. */
static void take_from_tvb(struct capan_packet *packet, tvbuff_t *tvb) {
    packet->ip_header_len = packet->src.version == 6 ? 40 : 20;
    packet->octets.len = tvb_captured_length(tvb);
    packet->octets.at = tvb_get_ptr(tvb, 0, (gint)packet->octets.len);
}

/* As the program has it: by name, else by number. NULL: the capture tells of none. Valid until the next call. */
static const char *interface_of(const packet_info *pinfo) {
    static char numbered[CAPAN_INTERFACE_NAME];
    const wtap_rec *record = pinfo->rec;
    const guint32 number = record->rec_header.packet_header.interface_id;

    if (!(record->presence_flags & WTAP_HAS_INTERFACE_ID)) return NULL;
    const char *name = capan_interface_name(pinfo->epan, record, number);
    if (name && strcmp(name, "unknown") != 0) return name;
    snprintf(numbered, sizeof numbered, "number %u", number);
    return numbered;
}

static void read_packet(struct capan_packet *packet, const packet_info *pinfo, tvbuff_t *tvb, const void *ip) {
    tvbuff_t *frame = frame_tvb(pinfo);

    *packet = (struct capan_packet){.frame = capan_frames_read(pinfo),
                                    .time_ns = capan_frames_time(pinfo),
                                    .src = capan_path_address(&pinfo->src),
                                    .dst = capan_path_address(&pinfo->dst),
                                    .wire_len = tvb_reported_length(tvb),
                                    .frame_len = pinfo->fd->pkt_len,
                                    .interface = interface_of(pinfo),
                                    .ethernet = pinfo->rec->rec_header.packet_header.pkt_encap == WTAP_ENCAP_ETHERNET};
    packet->path = capan_path_here(packet->src.version);
    take_ip_facts(packet, ip);
    if (tvb_get_ds_tvb(tvb) == frame)
        take_from_frame(packet, frame, (uint32_t)tvb_raw_offset(tvb), ip);
    else
        take_from_tvb(packet, tvb);
}

/* --- TCP --- */

static int dissect_tcp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *ip) {
    struct capan_packet packet;

    if (is_input(pinfo)) {
        read_packet(&packet, pinfo, tvb, ip);
        packet.checksum = (uint8_t)capan_tcp_checksum(&packet);
        capan_ledger_tcp(capan_verdicts_ledger(), &packet);
        last_segment = packet;
        last_frame = pinfo->num;
    }
    return call_dissector_only(tcp_handle, tvb, pinfo, tree, ip);
}

const struct capan_packet *capan_input_last(const packet_info *pinfo) {
    bool is_current = last_frame == pinfo->num && !PINFO_FD_VISITED(pinfo);

    last_frame = 0;
    return is_current ? &last_segment : NULL;
}

/* --- ICMP --- */

static void feed_icmp(const packet_info *pinfo, tvbuff_t *tvb, const void *ip) {
    struct capan_packet packet;
    if (!is_input(pinfo)) return;

    read_packet(&packet, pinfo, tvb, ip);
    capan_analysis_icmp(capan_verdicts_analysis(), &packet);
}

static int dissect_icmp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *ip) {
    feed_icmp(pinfo, tvb, ip);
    return call_dissector_only(icmp_handle, tvb, pinfo, tree, ip);
}

static int dissect_icmpv6(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *ip) {
    feed_icmp(pinfo, tvb, ip);
    return call_dissector_only(icmpv6_handle, tvb, pinfo, tree, ip);
}

void capan_input_register_handoff(void) {
    tcp_handle = capan_stand_before("ip.proto", IP_PROTO_TCP, dissect_tcp, "capan-tcp", "TCP seen by capan");
    icmp_handle = capan_stand_before("ip.proto", IP_PROTO_ICMP, dissect_icmp, "capan-icmp", "ICMP seen by capan");
    icmpv6_handle =
        capan_stand_before("ip.proto", IP_PROTO_ICMPV6, dissect_icmpv6, "capan-icmpv6", "ICMPv6 seen by capan");
}
