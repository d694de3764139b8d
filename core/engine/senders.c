/* SPDX-License-Identifier: MIT */
#include "senders.h"

#include <stdlib.h>

#include "bytes.h"

enum { SENDERS_MAX = 1024, LEFT_MIN = 2, SHARE = 4 };

struct sender {
    struct capan_indexed in;
    struct capan_address address;
    uint8_t interface;
    uint64_t all, left; /* segments */
    uint32_t streams, last_stream;
    uint32_t frames[CAPAN_FINDING_FRAMES], frame_count; /* the first ones, one of each connection */
};

void capan_senders_open(struct senders *senders, uint64_t seed, const struct capan_alloc *alloc) {
    *senders = (struct senders){.interface_count = 1};
    capan_index_init(&senders->index, seed, alloc);
}

static void leave(struct senders *senders, struct sender *sender) {
    capan_index_remove(&senders->index, &sender->in);
    capan_delete(senders->index.alloc, sender, sizeof *sender);
}

void capan_senders_close(struct senders *senders) {
    for (struct capan_indexed *oldest; (oldest = capan_index_oldest(&senders->index));)
        leave(senders, (struct sender *)oldest);
    capan_index_free(&senders->index);
}

static size_t number_of(const struct senders *senders, const char *name) {
    size_t number = 0;
    while (number < senders->interface_count &&
           strncmp(senders->interfaces[number], name, CAPAN_INTERFACE_NAME - 1) != 0)
        number++;
    return number;
}

uint8_t capan_senders_interface(struct senders *senders, const char *name) {
    if (!name || !*name) return 0;
    const size_t number = number_of(senders, name);
    if (number < senders->interface_count) return (uint8_t)number;
    if (number == INTERFACES_MAX) return 0;
    strncpy(senders->interfaces[number], name, CAPAN_INTERFACE_NAME - 1);
    senders->interface_count++;
    return (uint8_t)number;
}

/* --- by address and interface --- */

static size_t address_len(const struct capan_address *address) {
    return address->version == 4 ? 4 : sizeof address->octets;
}

static uint64_t hash_of(const struct senders *senders, const struct capan_address *address, uint8_t interface) {
    uint8_t octets[2 + sizeof address->octets] = {address->version, interface};
    memcpy(octets + 2, address->octets, address_len(address));
    return capan_hash(senders->index.key, octets, 2 + address_len(address));
}

static struct sender *find(const struct senders *senders, const struct capan_address *address, uint8_t interface) {
    struct capan_indexed *at = capan_index_first(&senders->index, hash_of(senders, address, interface));
    for (; at; at = capan_index_next(at)) {
        const struct sender *sender = (const struct sender *)at;
        if (sender->interface == interface && sender->address.version == address->version &&
            memcmp(sender->address.octets, address->octets, address_len(address)) == 0)
            break;
    }
    return (struct sender *)at;
}

static struct sender *add(struct senders *senders, const struct capan_address *address, uint8_t interface) {
    if (senders->index.count >= SENDERS_MAX) leave(senders, (struct sender *)capan_index_oldest(&senders->index));
    struct sender *sender = capan_new(senders->index.alloc, sizeof *sender);
    if (!sender) return NULL;
    sender->address = *address;
    sender->interface = interface;
    capan_index_add(&senders->index, &sender->in, hash_of(senders, address, interface));
    return sender;
}

void capan_senders_frame(uint32_t frames[CAPAN_FINDING_FRAMES], uint32_t *count, uint32_t frame) {
    uint32_t at = *count;
    while (at && frames[at - 1] > frame) at--;
    if (at == CAPAN_FINDING_FRAMES) return;
    if (*count < CAPAN_FINDING_FRAMES) ++*count;
    memmove(&frames[at + 1], &frames[at], (*count - at - 1) * sizeof frame);
    frames[at] = frame;
}

static void note(struct senders *senders, const struct flow *flow, enum capan_direction direction) {
    const struct capan_address *address = &flow->end[direction].address;
    const struct capan_tcp_sums sums =
        flow->tcp ? capan_tcp_sums(flow->tcp, direction) : capan_tcp_resting_sums(flow->resting, direction);
    if (!sums.left && !senders->index.count) return;
    struct sender *sender = find(senders, address, flow->interface[direction]);
    if (!sender && sums.left) sender = add(senders, address, flow->interface[direction]);
    if (!sender) return;
    capan_index_renew(&senders->index, &sender->in);
    sender->all += sums.all;
    sender->left += sums.left;
    if (!sums.left) return;
    if (!sender->frame_count || sender->last_stream != flow->stream) sender->streams++;
    sender->last_stream = flow->stream;
    capan_senders_frame(sender->frames, &sender->frame_count, sums.left_frame);
}

void capan_senders_note(struct senders *senders, struct flow *flow) {
    if (flow->sums_noted) return;
    flow->sums_noted = true;
    note(senders, flow, CAPAN_C2S);
    note(senders, flow, CAPAN_S2C);
}

/* More than are damaged anywhere, or look left by chance; other connections of the host may have none, as what it only
 * forwards. */
static bool leaves(const struct sender *sender) {
    return sender->left >= LEFT_MIN && sender->left * SHARE >= sender->all;
}

bool capan_senders_leaves(const struct senders *senders, const struct capan_address *address, const char *interface) {
    if (!senders->index.count) return false;
    const size_t number = interface && *interface ? number_of(senders, interface) : 0;
    const struct sender *sender = number < senders->interface_count ? find(senders, address, (uint8_t)number) : NULL;
    return sender && leaves(sender);
}

/* --- what is said --- */

struct capan_finding capan_senders_finding(const struct capan_address *host) {
    return (struct capan_finding){
        .of = CAPAN_FINDING_TCP_FLAG,
        .number = CAPAN_FLAG_CHECKSUM_OFFLOAD,
        .severity = CAPAN_CHAT,
        .blame = CAPAN_BLAME_NOBODY,
        .token = &capan_tcp_flags[CAPAN_FLAG_CHECKSUM_OFFLOAD],
        .host = *host,
    };
}

static struct capan_finding finding_of(const struct senders *senders, const struct sender *sender) {
    struct capan_finding finding = capan_senders_finding(&sender->address);
    finding.count = sender->left;
    finding.frame_count = sender->frame_count;
    finding.streams = sender->streams;
    finding.interface = senders->interfaces[sender->interface];
    memcpy(finding.frames, sender->frames, sizeof finding.frames);
    return finding;
}

static bool comes_before(const struct capan_finding *a, const struct capan_finding *b) {
    return a->count != b->count ? a->count > b->count : a->frames[0] < b->frames[0];
}

size_t capan_senders_show(struct capan_finding shown[SENDERS_SHOWN], size_t count,
                          const struct capan_finding *finding) {
    size_t place = count;
    while (place && comes_before(finding, &shown[place - 1])) place--;
    if (place == SENDERS_SHOWN) return count;
    if (count < SENDERS_SHOWN) count++;
    memmove(&shown[place + 1], &shown[place], (count - place - 1) * sizeof *finding);
    shown[place] = *finding;
    return count;
}

size_t capan_senders_findings(struct senders *senders, const struct capan_finding **findings) {
    size_t count = 0;
    const struct capan_indexed *at = capan_index_oldest(&senders->index);
    for (; at; at = capan_index_newer(&senders->index, at)) {
        if (!leaves((const struct sender *)at)) continue;
        const struct capan_finding finding = finding_of(senders, (const struct sender *)at);
        count = capan_senders_show(senders->shown, count, &finding);
    }
    *findings = senders->shown;
    return count;
}
