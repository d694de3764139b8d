/* SPDX-License-Identifier: MIT */
/* What connections say, led to core/talk, and what comes of it led on to be reported. */
#ifndef TALKS_H
#define TALKS_H

#include "reporting.h"

/* Owned by the analysis: open, then close. Must stay where it is. */
struct talks {
    const struct capan_alloc *alloc;
    struct capan_judge *judge;
    struct reporting *reporting;
    const struct capan_hpack *hpack;
    const struct capan_tls_opener *tls;
    struct capan_exchanges_sink sink;
    struct capan_exchanges_marks marks;
    struct decoded decoded; /* exchanges that the caller takes apart */
    struct flow *speaking;  /* whose content is being read */
};

/* What is pointed to must live as long. */
void capan_talks_open(struct talks *, const struct capan_config *, struct capan_judge *, struct reporting *,
                      const struct capan_alloc *);
/* Ends what is in flight, and frees. */
void capan_talks_close(struct talks *);

/* One segment's data, in the order of capture. */
void capan_talks_segment(struct talks *, struct flow *, const struct capan_segment *, const struct capan_tcp_data *);
/* Octets that the caller decrypted. CAPAN_NO_MEMORY: they were not looked at. */
enum capan_result capan_talks_plain(struct talks *, struct flow *, const struct capan_decoded *, struct capan_span);
/* The connection says no more. */
void capan_talks_end(struct talks *, struct flow *, enum capan_end how);

/* What the caller took apart; flow is NULL where no TCP connection carried it. */
enum capan_result capan_talks_head(struct talks *, struct flow *, const struct capan_decoded *,
                                   const struct capan_decoded_head *);
void capan_talks_complete(struct talks *, struct flow *, const struct capan_decoded *, bool request, bool reset);

#endif
