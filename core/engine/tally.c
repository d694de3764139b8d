/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "findings.h"

/* So many different hosts: each part of a thousand tells of no more than it shows. */
enum { HOSTS_MAX = 1000 * SENDERS_SHOWN };

/* A host's finding, of whom several were told. */
struct told_host {
    struct capan_finding finding;
    char interface[CAPAN_INTERFACE_NAME];
};

struct capan_tally {
    const struct capan_alloc *alloc;
    struct findings findings;
    struct told_host *hosts;
    size_t count, capacity;
    struct capan_finding shown[SENDERS_SHOWN];
};

struct capan_tally *capan_tally_new(const struct capan_alloc *alloc) {
    if (!alloc) alloc = &capan_libc;
    struct capan_tally *tally = capan_new(alloc, sizeof *tally);
    if (!tally) return NULL;
    tally->alloc = alloc;
    capan_findings_init(&tally->findings);
    return tally;
}

void capan_tally_free(struct capan_tally *tally) {
    if (!tally) return;
    capan_delete(tally->alloc, tally->hosts, tally->capacity * sizeof *tally->hosts);
    capan_delete(tally->alloc, tally, sizeof *tally);
}

void capan_tally_segment(struct capan_tally *tally, const struct capan_segment *segment) {
    capan_findings_segment(&tally->findings, segment);
}

void capan_tally_exchange(struct capan_tally *tally, const struct capan_exchange *exchange) {
    capan_findings_exchange(&tally->findings, exchange);
}

/* --- hosts --- */

static bool is_of(const struct told_host *host, const struct capan_finding *finding) {
    const struct capan_address *a = &host->finding.host, *b = &finding->host;
    return a->version == b->version && memcmp(a->octets, b->octets, sizeof a->octets) == 0 &&
           strcmp(host->interface, finding->interface) == 0;
}

static struct told_host *add(struct capan_tally *tally, const struct capan_finding *finding) {
    void *items = tally->hosts;
    if (capan_reserve(tally->alloc, &items, &tally->capacity, tally->count + 1, sizeof *tally->hosts) != CAPAN_OK)
        return NULL;
    tally->hosts = items;
    struct told_host *host = &tally->hosts[tally->count++];
    *host = (struct told_host){.finding = capan_senders_finding(&finding->host)};
    strncpy(host->interface, finding->interface, sizeof host->interface - 1);
    return host;
}

enum capan_result capan_tally_host(struct capan_tally *tally, const struct capan_finding *finding) {
    size_t at = 0;
    while (at < tally->count && !is_of(&tally->hosts[at], finding)) at++;
    if (at == HOSTS_MAX) return CAPAN_DAMAGED;
    struct told_host *host = at < tally->count ? &tally->hosts[at] : add(tally, finding);
    if (!host) return CAPAN_NO_MEMORY;
    host->finding.count += finding->count;
    host->finding.streams += finding->streams;
    for (uint32_t i = 0; i < finding->frame_count; i++)
        capan_senders_frame(host->finding.frames, &host->finding.frame_count, finding->frames[i]);
    return CAPAN_OK;
}

size_t capan_tally_findings(struct capan_tally *tally, const struct capan_finding **findings) {
    size_t count = 0;
    for (size_t i = 0; i < tally->count; i++) {
        tally->hosts[i].finding.interface = tally->hosts[i].interface;
        count = capan_senders_show(tally->shown, count, &tally->hosts[i].finding);
    }
    return capan_findings_sort(&tally->findings, tally->shown, count, findings);
}
