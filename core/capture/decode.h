/* SPDX-License-Identifier: MIT */
/* The walk from a frame's first octet to the TCP headers in it. Each protocol's decoder takes its own header off and
 * names the next protocol; the walk ends at a transport, at something unknown, or when the nesting is deeper than any
 * real one. */
#ifndef DECODE_H
#define DECODE_H

#include "bytes.h"
#include "capan/capture.h"
#include "capan/carriers.h"
#include "fragments.h"

/* Protocol, and the function that takes its header off. */
#define CAPAN_PROTOCOLS(X)                                                                                             \
    /* ethernet.c */                                                                                                   \
    X(ETHERNET, capan_decode_ethernet)                                                                                 \
    X(VLAN, capan_decode_vlan)                                                                                         \
    X(TAG, capan_decode_tag)                                                                                           \
    X(BACKBONE, capan_decode_backbone)                                                                                 \
    X(LLC, capan_decode_llc)                                                                                           \
    X(MPLS, capan_decode_mpls)                                                                                         \
    X(FABRIC_PATH, capan_decode_fabric_path)                                                                           \
    X(TRILL, capan_decode_trill)                                                                                       \
    X(SERVICE_CHAIN, capan_decode_service_chain)                                                                       \
    X(FDDI, capan_decode_fddi)                                                                                         \
    X(TOKEN_RING, capan_decode_token_ring)                                                                             \
    /* ppp.c */                                                                                                        \
    X(PPPOE, capan_decode_pppoe)                                                                                       \
    X(PPP, capan_decode_ppp)                                                                                           \
    X(PPP_DIRECTION, capan_decode_ppp_direction)                                                                       \
    X(CISCO_HDLC, capan_decode_cisco_hdlc)                                                                             \
    X(FRAME_RELAY, capan_decode_frame_relay)                                                                           \
    /* pseudo.c */                                                                                                     \
    X(RAW_IP, capan_decode_raw_ip)                                                                                     \
    X(LOOPBACK, capan_decode_loopback)                                                                                 \
    X(COOKED, capan_decode_cooked)                                                                                     \
    X(COOKED2, capan_decode_cooked2)                                                                                   \
    X(NFLOG, capan_decode_nflog)                                                                                       \
    X(PFLOG, capan_decode_pflog)                                                                                       \
    X(JUNIPER, capan_decode_juniper)                                                                                   \
    X(IPSEC_LOG, capan_decode_ipsec_log)                                                                               \
    X(PKTAP, capan_decode_pktap)                                                                                       \
    X(IPOIB, capan_decode_ipoib)                                                                                       \
    X(IP_1394, capan_decode_ip_1394)                                                                                   \
    X(NETANALYZER, capan_decode_netanalyzer)                                                                           \
    /* wireless.c */                                                                                                   \
    X(WIRELESS, capan_decode_wireless)                                                                                 \
    X(RADIOTAP, capan_decode_radiotap)                                                                                 \
    X(PRISM, capan_decode_prism)                                                                                       \
    X(PPI, capan_decode_ppi)                                                                                           \
    /* network.c */                                                                                                    \
    X(IPV4, capan_decode_ipv4)                                                                                         \
    X(IPV6, capan_decode_ipv6)                                                                                         \
    X(IPV6_OPTIONS, capan_decode_ipv6_options)                                                                         \
    X(IPV6_ROUTING, capan_decode_ipv6_routing)                                                                         \
    X(IPV6_FRAGMENT, capan_decode_ipv6_fragment)                                                                       \
    X(AUTHENTICATION, capan_decode_authentication)                                                                     \
    X(TCP, capan_decode_tcp)                                                                                           \
    X(ICMP, capan_decode_icmp)                                                                                         \
    /* tunnel.c */                                                                                                     \
    X(UDP, capan_decode_udp)                                                                                           \
    X(GRE, capan_decode_gre)                                                                                           \
    X(ETHERIP, capan_decode_etherip)                                                                                   \
    X(VXLAN, capan_decode_vxlan)                                                                                       \
    X(VXLAN_GPE, capan_decode_vxlan_gpe)                                                                               \
    X(GENEVE, capan_decode_geneve)                                                                                     \
    X(GTP, capan_decode_gtp)                                                                                           \
    X(TEREDO, capan_decode_teredo)                                                                                     \
    X(L2TP, capan_decode_l2tp)                                                                                         \
    X(AYIYA, capan_decode_ayiya)                                                                                       \
    X(LISP, capan_decode_lisp)                                                                                         \
    X(TZSP, capan_decode_tzsp)

/* DONE: there is nothing else to decode. UNREADABLE: what is there is not what its carrier says it is, or it was cut
 * off. */
enum protocol {
    DONE,
    UNREADABLE,
#define X(name, function) name,
    CAPAN_PROTOCOLS(X)
#undef X
        PROTOCOL_COUNT
};

/* What is kept from frame to frame. sink and totals belong to the caller that has a frame decoded. */
struct capan_decoder {
    const struct capan_alloc *alloc;
    const struct capan_capture_sink *sink;
    struct capan_capture_totals *totals;
    struct capan_fragments fragments;
    uint64_t datagram; /* of the frame's last fragment, by a keyed hash; 0: none was met */
    bool waits;        /* then, for the others of that datagram */
};

/* How far the walk has come. Of the octets from here on, at.len were captured and wire were sent; at.len <= wire. */
struct walk {
    struct capan_decoder *decoder;
    struct capan_span at;
    uint32_t wire;
    uint32_t behind;    /* octets of the frame behind what its layers' lengths cover */
    uint32_t offset;    /* octets of headers taken off so far */
    uint32_t ip_offset; /* where the innermost IP header began */
    uint32_t depth;
    uint16_t tag_len;           /* of the tag that comes next (TAG) */
    bool guessed;               /* the protocol was taken from a UDP port, which may as well be of another one */
    uint8_t next_header;        /* of the innermost IP header or extension header */
    struct capan_packet packet; /* addresses and what goes with them, of the innermost IP header */
};

#define X(name, function) enum protocol function(struct walk *walk);
CAPAN_PROTOCOLS(X)
#undef X

/* Runs decoders from protocol on until one says DONE or UNREADABLE. */
enum protocol capan_walk_run(struct walk *walk, enum protocol protocol);

/* The protocol a number stands for: an EtherType or IEEE 802.3 length, an IP protocol, a PPP protocol, a LINKTYPE_. */
enum protocol capan_ethertype(struct walk *walk, uint16_t type);
enum protocol capan_ip_protocol(const struct walk *walk, uint8_t number);
enum protocol capan_ppp_protocol(uint16_t number);
enum protocol capan_link_type(uint32_t link_type);

/* Takes len octets off the front. The caller has checked that they were captured. */
static inline void walk_advance(struct walk *walk, uint32_t len) {
    walk->at.at += len;
    walk->at.len -= len;
    walk->wire -= len;
    walk->offset += len;
}

/* What lies behind the next len octets does not belong to this layer. */
static inline void walk_limit(struct walk *walk, uint32_t len) {
    if (len >= walk->wire) return;
    walk->behind += walk->wire - len;
    walk->wire = len;
    if (len < walk->at.len) walk->at.len = len;
}

/* The packet is complete: its octets are the IP payload. */
struct capan_packet *capan_walk_end(struct walk *);

/* IP of either version, by its first octet. */
static inline enum protocol walk_ip(const struct walk *walk) {
    if (walk->at.len < 1) return UNREADABLE;
    switch (walk->at.at[0] >> 4) {
    case 4: return IPV4;
    case 6: return IPV6;
    default: return UNREADABLE;
    }
}

/* What the carrier's header adds to the path. The header is what comes next. */
static inline void walk_path(struct walk *walk, uint32_t (*add)(uint32_t path, struct capan_span header)) {
    walk->packet.path = add(walk->packet.path, walk->at);
}

#endif
