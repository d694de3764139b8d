/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdio.h>
#include <unistd.h>

#include "exhausted.h"
#include "share.h"
#include "study.h"

/* What is longer is no text that somebody wrote. */
enum { TEXT_MAX = 4 << 20 };

struct auditing {
    struct study study; /* the first member: one is cast to the other */
    struct capan_audit *audit;
    GByteArray *text;
};

static void close_auditing(struct study *study) {
    struct auditing *auditing = (struct auditing *)study;
    capan_audit_free(auditing->audit);
    if (auditing->text) g_byte_array_free(auditing->text, TRUE);
    g_free(auditing);
}

static void take_packet(struct study *study, const struct capan_packet *packet, bool icmp) {
    capan_audit_packet(((struct auditing *)study)->audit, packet, icmp);
}

static void take_segment(struct study *study, const struct capan_segment *segment, const uint32_t *acks,
                         const struct capan_connection *connection) {
    (void)connection;
    capan_audit_segment(((struct auditing *)study)->audit, segment, acks);
}

static void take_exchange(struct study *study, const struct capan_exchange *exchange) {
    capan_audit_exchange(((struct auditing *)study)->audit, exchange);
}

static void take_connection(struct study *study, const struct capan_connection *connection) {
    capan_audit_connection(((struct auditing *)study)->audit, connection);
}

/* For people: what it came to. */
static void tell(const struct capan_audit_totals *totals) {
    const uint64_t *claims = totals->claims;
    printf("\n%" G_GUINT64_FORMAT " sentences: %" G_GUINT64_FORMAT " claims confirmed, %" G_GUINT64_FORMAT
           " refuted (%" G_GUINT64_FORMAT " slips), %" G_GUINT64_FORMAT " not in the capture, %" G_GUINT64_FORMAT
           " numbers and %" G_GUINT64_FORMAT " sentences not understood\n",
           totals->sentences, claims[CAPAN_CLAIM_CONFIRMED], claims[CAPAN_CLAIM_REFUTED], totals->slips,
           claims[CAPAN_CLAIM_ABSENT], claims[CAPAN_CLAIM_UNREAD] - totals->silent, totals->silent);
}

static enum exit_status write_all(struct study *study, struct capan_report *report, const char *name) {
    const struct auditing *auditing = (const struct auditing *)study;
    const struct capan_span text = {auditing->text->data, auditing->text->len};
    struct capan_audit_totals totals;
    struct capan_claim claim;
    if (capan_audit_text(auditing->audit, text, study->frames) != CAPAN_OK) return exhausted_tell();
    for (uint64_t at = 0; report && capan_audit_next(auditing->audit, &at, &claim);) capan_report_claim(report, &claim);
    capan_audit_count(auditing->audit, &totals);
    if (totals.left_out)
        g_printerr("capan: %s: given up: %" G_GUINT64_FORMAT " frames, exchanges or claims (more with --memory)\n",
                   name, totals.left_out);
    if (report) capan_report_flush(report);
    if (report && study->options->format == CAPAN_TEXT && !study->options->columns) tell(&totals);
    return totals.claims[CAPAN_CLAIM_REFUTED] ? EXIT_FINDINGS : EXIT_FINE;
}

/* False, with a line on standard error, when it cannot be read to its end. */
static bool read_all(int file, GByteArray *text, const char *name) {
    guint8 buffer[1 << 14];
    ssize_t len;
    while ((len = read(file, buffer, sizeof buffer)) > 0 && text->len <= TEXT_MAX)
        g_byte_array_append(text, buffer, (guint)len);
    if (len < 0) g_printerr("capan: %s: %s\n", name, g_strerror(errno));
    return len >= 0;
}

static enum exit_status read_text(struct auditing *auditing, const char *name) {
    const bool input = g_str_equal(name, "-");
    const int file = input ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        g_printerr("capan: %s: %s\n", name, g_strerror(errno));
        return EXIT_INPUT;
    }
    auditing->text = g_byte_array_new();
    const bool fine = read_all(file, auditing->text, name);
    if (!input) close(file);
    if (!fine) return EXIT_INPUT;
    if (auditing->text->len > 0 && auditing->text->len <= TEXT_MAX) return EXIT_FINE;
    g_printerr("capan: %s: %s\n", name, auditing->text->len ? "longer than a text is" : "no text");
    return EXIT_INPUT;
}

struct study *audit_open(const struct options *options, enum exit_status *status) {
    struct auditing *auditing = g_new0(struct auditing, 1);
    auditing->study = (struct study){.options = options,
                                     .exchange = take_exchange,
                                     .end = write_all,
                                     .close = close_auditing,
                                     .segment = take_segment,
                                     .connection = take_connection,
                                     .packet = take_packet};
    auditing->audit = capan_audit_new(share_of(options).keeper, &exhausted_alloc);
    *status = auditing->audit ? read_text(auditing, options->text) : exhausted_tell();
    if (*status == EXIT_FINE) return &auditing->study;
    close_auditing(&auditing->study);
    return NULL;
}
