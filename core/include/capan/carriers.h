/* SPDX-License-Identifier: MIT */
/* Carriers: the protocols that carry another packet (tags, tunnels), by the number that announces them, and what their
 * headers add to a packet's path. One list for the program, which decodes them, and for the plugin, which looks on
 * while Wireshark does. */
#ifndef CAPAN_CARRIERS_H
#define CAPAN_CARRIERS_H

#include "packet.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Each: path with what a carrier's header adds to it. That is a number which is the same in both directions and tells
 * networks apart; numbers of different carriers do not meet. header begins with the carrier's header and may be cut
 * off: what was not captured adds nothing. */
CAPAN_API uint32_t capan_path_same(uint32_t path, struct capan_span header); /* adds nothing */
CAPAN_API uint32_t capan_path_vlan(uint32_t path, struct capan_span header);
CAPAN_API uint32_t capan_path_backbone(uint32_t path, struct capan_span header);
CAPAN_API uint32_t capan_path_pppoe(uint32_t path, struct capan_span header);
CAPAN_API uint32_t capan_path_vxlan(uint32_t path, struct capan_span header);
CAPAN_API uint32_t capan_path_geneve(uint32_t path, struct capan_span header);
CAPAN_API uint32_t capan_path_gre(uint32_t path, struct capan_span header);

/* X(EtherType, protocol, what its header adds, source). */
#define CAPAN_ETHERTYPE_CARRIERS(X)                                                                                    \
    X(0x8100, VLAN, capan_path_vlan, "IEEE 802.1Q 9.6, C-TAG")                                                         \
    X(0x88a8, VLAN, capan_path_vlan, "IEEE 802.1Q 9.6, S-TAG")                                                         \
    X(0x9100, VLAN, capan_path_vlan, "S-TAG before it had its own number")                                             \
    X(0x9200, VLAN, capan_path_vlan, "S-TAG before it had its own number")                                             \
    X(0x8864, PPPOE, capan_path_pppoe, "RFC 2516 5")                                                                   \
    X(0x8847, MPLS, capan_path_same, "RFC 5332")                                                                       \
    X(0x8848, MPLS, capan_path_same, "RFC 5332")                                                                       \
    X(0x88e7, BACKBONE, capan_path_backbone, "IEEE 802.1Q 9.7, I-TAG")                                                 \
    X(0x8903, FABRIC_PATH, capan_path_same, "Cisco FabricPath")                                                        \
    X(0x22f3, TRILL, capan_path_same, "RFC 6325 3.1")                                                                  \
    X(0x894f, SERVICE_CHAIN, capan_path_same, "RFC 8300 9.1.1")                                                        \
    X(0x8870, LLC, capan_path_same, "LLC in frames longer than 1500 octets")                                           \
    X(0x6558, ETHERNET, capan_path_same, "RFC 1701: transparent Ethernet bridging")                                    \
    X(0x880b, PPP, capan_path_same, "RFC 2637 4.1")

/* X(IP protocol, protocol, what its header adds, source). The IP header around one adds its ends (capan_path_inside).
 */
#define CAPAN_IP_CARRIERS(X)                                                                                           \
    X(17, UDP, capan_path_same, "RFC 768")                                                                             \
    X(4, IPV4, capan_path_same, "RFC 2003")                                                                            \
    X(41, IPV6, capan_path_same, "RFC 4213")                                                                           \
    X(47, GRE, capan_path_gre, "RFC 2784")                                                                             \
    X(97, ETHERIP, capan_path_same, "RFC 3378")                                                                        \
    X(137, MPLS, capan_path_same, "RFC 4023")                                                                          \
    X(143, ETHERNET, capan_path_same, "RFC 8986 10.1")

/* X(UDP port, protocol, what its header adds, source): the ports that Wireshark knows by default, and 8472, where Linux
 * sent VXLAN before it had a number. */
#define CAPAN_UDP_CARRIERS(X)                                                                                          \
    X(4789, VXLAN, capan_path_vxlan, "RFC 7348 8")                                                                     \
    X(8472, VXLAN, capan_path_vxlan, "Linux, before RFC 7348")                                                         \
    X(4790, VXLAN_GPE, capan_path_vxlan, "draft-ietf-nvo3-vxlan-gpe")                                                  \
    X(6081, GENEVE, capan_path_geneve, "RFC 8926 3.3")                                                                 \
    X(2152, GTP, capan_path_same, "3GPP TS 29.281 4.4.2")                                                              \
    X(3544, TEREDO, capan_path_same, "RFC 4380 2.7")                                                                   \
    X(1701, L2TP, capan_path_same, "RFC 2661 8.1")                                                                     \
    X(5072, AYIYA, capan_path_same, "draft-massar-v6ops-ayiya-02")                                                     \
    X(4341, LISP, capan_path_same, "RFC 9300 5.3")                                                                     \
    X(4754, GRE, capan_path_gre, "RFC 8086 3.4")                                                                       \
    X(6635, MPLS, capan_path_same, "RFC 7510 3")                                                                       \
    X(37008, TZSP, capan_path_same, "TaZmen sniffer protocol")

/* EtherTypes that GRE alone has. */
enum capan_gre_type {
    CAPAN_GRE_WCCP = 0x883e,      /* draft-wilson-wrec-wccp-v2 4.12 */
    CAPAN_GRE_ERSPAN_2 = 0x88be,  /* draft-foschiano-erspan 4.2; type I without a sequence number */
    CAPAN_GRE_ERSPAN_3 = 0x22eb,  /* draft-foschiano-erspan 4.3 */
    CAPAN_GRE_ARUBA_MIN = 0x8200, /* Aruba's access points: IEEE 802.11 frames, in steps of 16 */
    CAPAN_GRE_ARUBA_MAX = 0x8370
};

/* The bits of GRE's first two octets (RFC 1701, RFC 2784 2.1, RFC 2890 2, RFC 2637 4.1). */
enum capan_gre_flags {
    CAPAN_GRE_CHECKSUM = 0x8000,
    CAPAN_GRE_ROUTING = 0x4000,
    CAPAN_GRE_KEY = 0x2000,
    CAPAN_GRE_SEQUENCE = 0x1000,
    CAPAN_GRE_ACK = 0x0080,
    CAPAN_GRE_VERSION = 0x0007
};

/* Octets of a GRE header with these flags, source routes (RFC 1701) not counted. */
CAPAN_API uint32_t capan_gre_header_len(uint16_t flags);

#ifdef __cplusplus
}
#endif

#endif
