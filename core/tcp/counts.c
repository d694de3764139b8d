/* SPDX-License-Identifier: MIT */
#include "counts.h"

#include "alloc.h"
#include "bytes.h"

static void add(struct capan_spread *spread, int64_t sample) {
    const double distance = (double)sample - spread->mean;
    spread->min = spread->count ? min_i64(spread->min, sample) : sample;
    spread->max = spread->count ? max_i64(spread->max, sample) : sample;
    spread->count++;
    spread->sum += sample;
    spread->mean += distance / (double)spread->count;
    spread->squares += distance * ((double)sample - spread->mean);
}

void capan_counts_free(struct capan_tcp *tcp) {
    if (tcp->counts) capan_delete(tcp->alloc, tcp->counts, sizeof *tcp->counts);
}

/* What a connection brought so far, in Wireshark's sense: a SYN counts as its first packet alone. */
static void complete(struct capan_tcp_counts *counts, const struct capan_tcp_header *header) {
    const uint8_t flags = header->flags, data = header->payload_len ? CAPAN_COMPLETE_DATA : 0;
    const uint8_t kind = flags & (CAPAN_TH_SYN | CAPAN_TH_ACK);
    if (kind == CAPAN_TH_SYN && !counts->began) counts->completeness = CAPAN_COMPLETE_SYN | data;
    if (kind == (CAPAN_TH_SYN | CAPAN_TH_ACK)) counts->completeness |= CAPAN_COMPLETE_SYN_ACK;
    if (kind == CAPAN_TH_ACK) counts->completeness |= data ? data : CAPAN_COMPLETE_ACK;
    if ((flags & CAPAN_TH_FIN) && (flags & CAPAN_TH_ACK)) counts->completeness |= CAPAN_COMPLETE_FIN;
    if (flags & CAPAN_TH_RST) counts->completeness |= CAPAN_COMPLETE_RST;
}

static uint64_t outstanding_of(const struct capan_half *half) {
    return (uint64_t)(half->board.end - max_i64(half->una, 0)) - half->board.sacked;
}

/* What was outstanding until now was so since the last segment; a clock that was set back tells nothing. */
static void pass_time(struct capan_tcp_counts *counts, const struct capan_arrival *arrival) {
    const int64_t since = counts->began ? max_i64(arrival->now - counts->last_ns, 0) : 0;
    for (unsigned i = 0; i < 2; i++) {
        struct capan_side_counts *side = &counts->side[i];
        side->octet_ns += (double)side->outstanding * (double)since;
        side->outstanding = outstanding_of(&arrival->tcp->half[i]);
    }
    if (!counts->began) counts->first_ns = arrival->now;
    counts->last_ns = counts->began ? max_i64(counts->last_ns, arrival->now) : arrival->now;
    counts->began = true;
}

static void count_time(struct capan_side_counts *side, int64_t now) {
    if (side->spoke) side->idle_ns = max_i64(side->idle_ns, now - side->last_ns);
    side->spoke = true;
    side->last_ns = now;
}

static void count_flags(struct capan_side_statistics *so_far, const struct capan_arrival *arrival) {
    const struct capan_tcp_header *header = arrival->header;
    const uint64_t flags = arrival->segment->flags;
    const unsigned control = header->flags & (CAPAN_TH_SYN | CAPAN_TH_FIN | CAPAN_TH_RST);
    so_far->pushes += flags >> CAPAN_FLAG_PUSH & 1;
    so_far->ece += flags >> CAPAN_FLAG_ECE & 1;
    so_far->cwr += flags >> CAPAN_FLAG_CWR & 1;
    so_far->pure_acks += !control && header->payload_len == 0 && header->flags & CAPAN_TH_ACK;
    so_far->sack_segments += header->sack_count > 0;
    so_far->sack_blocks += header->sack_count;
    so_far->dsacks += !!(arrival->facts & CAPAN_FACT(DSACK));
    so_far->triple_duplicate_acks += arrival->old_dup_acks == 2 && capan_incidents(arrival->peer)->dup_acks == 3;
    so_far->ect1 += arrival->packet->ecn == 1;
    so_far->ect0 += arrival->packet->ecn == 2;
    so_far->ce += arrival->packet->ecn == 3;
    so_far->dscps |= UINT64_C(1) << (arrival->packet->dscp & (CAPAN_DSCP_COUNT - 1));
}

/* The first flight ends with the first ACK of any of it. */
static void count_data(struct capan_side_counts *side, const struct capan_arrival *arrival) {
    const bool again = capan_segment_is(arrival->segment, CAPAN_TRAIT_AGAIN);
    if (arrival->header->payload_len == 0) return;
    if (!side->sent_data) side->data_first_ns = arrival->now;
    side->sent_data = true;
    side->data_last_ns = arrival->now;
    add(&side->samples, (int64_t)side->outstanding);
    if (!again && arrival->me->una <= 1) {
        side->so_far.first_bytes += arrival->header->payload_len;
        side->so_far.first_flight++;
    }
    side->so_far.sends_max = max_u64(side->so_far.sends_max, 1);
    if (!again || !arrival->has_before || arrival->before.marks & CAPAN_PIECE_HOLE) return;
    add(&side->again, arrival->now - arrival->before.time_ns);
    side->so_far.sends_max = max_u64(side->so_far.sends_max, arrival->before.sends + 1u);
}

void capan_counts_segment(const struct capan_arrival *arrival) {
    struct capan_tcp_counts *counts = arrival->tcp->counts;
    struct capan_side_counts *side = &counts->side[arrival->segment->direction];
    const bool damaged = arrival->segment->flags >> CAPAN_FLAG_BAD_CHECKSUM & 1;
    capan_history_segment(&counts->history, arrival);
    complete(counts, arrival->header);
    pass_time(counts, arrival);
    if (damaged) return;
    count_time(side, arrival->now);
    count_flags(&side->so_far, arrival);
    count_data(side, arrival);
    if (!(arrival->header->flags & (CAPAN_TH_SYN | CAPAN_TH_RST))) add(&side->window, arrival->me->window);
}

void capan_counts_round_trip(const struct capan_arrival *arrival, int64_t rtt_ns, uint32_t len) {
    struct capan_side_counts *side = &arrival->tcp->counts->side[!arrival->segment->direction];
    const struct capan_half *half = arrival->peer;
    add(&side->rtt, rtt_ns);
    if (len && half->marks & CAPAN_HALF_FIN && half->una > half->fin) len--;
    if (len > side->full_len) side->full = (struct capan_spread){0};
    if (len && len >= side->full_len) add(&side->full, rtt_ns);
    side->full_len = max_u32(side->full_len, len);
}
