/* SPDX-License-Identifier: MIT */
/* What is counted of a connection beside its verdicts, as tcptrace, Zeek and Wireshark have it. Kept on request
 * (capan_config.statistics). */
#ifndef CAPAN_STATISTICS_H
#define CAPAN_STATISTICS_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* X(name, token): the codepoints of differentiated services, by number (RFC 2474 3, RFC 2597 6, RFC 3246, RFC 5865,
 * RFC 8622). */
#define CAPAN_DSCPS(X)                                                                                                 \
    X(CS0, "cs0")                                                                                                      \
    X(LE, "le")                                                                                                        \
    X(DSCP_2, "dscp-2")                                                                                                \
    X(DSCP_3, "dscp-3")                                                                                                \
    X(DSCP_4, "dscp-4")                                                                                                \
    X(DSCP_5, "dscp-5")                                                                                                \
    X(DSCP_6, "dscp-6")                                                                                                \
    X(DSCP_7, "dscp-7")                                                                                                \
    X(CS1, "cs1")                                                                                                      \
    X(DSCP_9, "dscp-9")                                                                                                \
    X(AF11, "af11")                                                                                                    \
    X(DSCP_11, "dscp-11")                                                                                              \
    X(AF12, "af12")                                                                                                    \
    X(DSCP_13, "dscp-13")                                                                                              \
    X(AF13, "af13")                                                                                                    \
    X(DSCP_15, "dscp-15")                                                                                              \
    X(CS2, "cs2")                                                                                                      \
    X(DSCP_17, "dscp-17")                                                                                              \
    X(AF21, "af21")                                                                                                    \
    X(DSCP_19, "dscp-19")                                                                                              \
    X(AF22, "af22")                                                                                                    \
    X(DSCP_21, "dscp-21")                                                                                              \
    X(AF23, "af23")                                                                                                    \
    X(DSCP_23, "dscp-23")                                                                                              \
    X(CS3, "cs3")                                                                                                      \
    X(DSCP_25, "dscp-25")                                                                                              \
    X(AF31, "af31")                                                                                                    \
    X(DSCP_27, "dscp-27")                                                                                              \
    X(AF32, "af32")                                                                                                    \
    X(DSCP_29, "dscp-29")                                                                                              \
    X(AF33, "af33")                                                                                                    \
    X(DSCP_31, "dscp-31")                                                                                              \
    X(CS4, "cs4")                                                                                                      \
    X(DSCP_33, "dscp-33")                                                                                              \
    X(AF41, "af41")                                                                                                    \
    X(DSCP_35, "dscp-35")                                                                                              \
    X(AF42, "af42")                                                                                                    \
    X(DSCP_37, "dscp-37")                                                                                              \
    X(AF43, "af43")                                                                                                    \
    X(DSCP_39, "dscp-39")                                                                                              \
    X(CS5, "cs5")                                                                                                      \
    X(DSCP_41, "dscp-41")                                                                                              \
    X(DSCP_42, "dscp-42")                                                                                              \
    X(DSCP_43, "dscp-43")                                                                                              \
    X(VOICE_ADMIT, "voice-admit")                                                                                      \
    X(DSCP_45, "dscp-45")                                                                                              \
    X(EF, "ef")                                                                                                        \
    X(DSCP_47, "dscp-47")                                                                                              \
    X(CS6, "cs6")                                                                                                      \
    X(DSCP_49, "dscp-49")                                                                                              \
    X(DSCP_50, "dscp-50")                                                                                              \
    X(DSCP_51, "dscp-51")                                                                                              \
    X(DSCP_52, "dscp-52")                                                                                              \
    X(DSCP_53, "dscp-53")                                                                                              \
    X(DSCP_54, "dscp-54")                                                                                              \
    X(DSCP_55, "dscp-55")                                                                                              \
    X(CS7, "cs7")                                                                                                      \
    X(DSCP_57, "dscp-57")                                                                                              \
    X(DSCP_58, "dscp-58")                                                                                              \
    X(DSCP_59, "dscp-59")                                                                                              \
    X(DSCP_60, "dscp-60")                                                                                              \
    X(DSCP_61, "dscp-61")                                                                                              \
    X(DSCP_62, "dscp-62")                                                                                              \
    X(DSCP_63, "dscp-63")
#define CAPAN_X(name, ...) CAPAN_DSCP_##name,
enum capan_dscp { CAPAN_DSCPS(CAPAN_X) CAPAN_DSCP_COUNT };
#undef CAPAN_X
CAPAN_API extern const struct capan_token capan_dscps[CAPAN_DSCP_COUNT];

/* What one side sent. Durations in ns; what is signed is below 0 where there was nothing to measure. Round trips are
 * of its data, as they passed here (RFC 6298 3). Copies of packets, and damaged ones, are not counted. */
struct capan_side_statistics {
    int64_t throughput;    /* payload octets a second, each counted once, over the connection's whole duration */
    int64_t data_ns;       /* from its first segment with data to its last */
    int64_t idle_ns;       /* longest time between two of its packets */
    int64_t least, mean;   /* octets outstanding just after each of its data segments, SACKed ones not counted */
    int64_t most;          /* likewise */
    int64_t weighted;      /* the mean over time, of the whole connection */
    int64_t first_bytes;   /* payload sent before any of it was acknowledged; -1 without its SYN */
    int64_t first_flight;  /* segments of that */
    int64_t rtt_deviation; /* standard deviation */
    uint64_t full_count;   /* round trips of its largest segments alone */
    int64_t full_min, full_mean, full_max, full_deviation;
    int64_t again_min, again_mean, again_max; /* from one sending of an octet to its next */
    uint64_t sends_max;                       /* how often one segment was sent at most; 0: no data */
    uint64_t triple_duplicate_acks;           /* times it sent a third duplicate ACK in a row (RFC 5681 3.2) */
    uint64_t pure_acks;                       /* without data, SYN, FIN and RST */
    uint64_t sack_segments, sack_blocks;      /* segments with SACK blocks, and the blocks (RFC 2018 3) */
    uint64_t dsacks;                          /* segments that report octets as received twice (RFC 2883 4) */
    uint64_t pushes;                          /* segments with PSH */
    int64_t window_min, window_mean;          /* octets offered but by SYN and RST; -1: the scale is not known */
    uint64_t ect0, ect1, ce;                  /* packets by their ECN bits (RFC 3168 5) */
    uint64_t ece, cwr;                        /* segments with these flags but SYNs (RFC 3168 6.1) */
    uint64_t dscps;                           /* 1 << codepoint, of all its packets */
};

/* Wireshark's tcp.completeness. */
enum {
    CAPAN_COMPLETE_SYN = 1,
    CAPAN_COMPLETE_SYN_ACK = 2,
    CAPAN_COMPLETE_ACK = 4,
    CAPAN_COMPLETE_DATA = 8,
    CAPAN_COMPLETE_FIN = 16,
    CAPAN_COMPLETE_RST = 32
};

/* Longest history with its NUL; what would come behind is left out. */
#define CAPAN_HISTORY 64

struct capan_statistics {
    struct capan_side_statistics side[2]; /* by enum capan_direction */
    uint8_t completeness;                 /* CAPAN_COMPLETE_... */
    char history[CAPAN_HISTORY];          /* the field of Zeek's conn.log: "ShADadFf" */
};

#ifdef __cplusplus
}
#endif

#endif
