/* SPDX-License-Identifier: MIT */
/* What the rows' texts for people share: a heading, endpoints named once, tokens in colour, remarks with commas. */
#ifndef TEXT_H
#define TEXT_H

#include "column.h"
#include "out.h"
#include "sentence.h"

struct capan_text {
    struct capan_out *out;
    bool colour;
    bool began;       /* the heading is written */
    uint64_t streams; /* one more than the number of the stream whose endpoints were named last */
};

/* Before the first row only; the word "time" stands where capan_cell_moment lets the cells end. */
void capan_text_heading(struct capan_text *, const char *heading);
/* "stream 0  192.0.2.1:5672 > 192.0.2.2:80" */
void capan_text_ends(struct capan_text *, uint32_t stream, const struct capan_endpoint *client,
                     const struct capan_endpoint *server);
/* In its severity's colour. */
void capan_text_token(struct capan_text *, const struct capan_token *, size_t width);
/* "4 9 12 +2" */
void capan_text_frames(struct capan_out *, const uint32_t *frames, size_t count, size_t shown);
/* A further part of a line's remarks, with a comma when it is not the first. */
void capan_text_part(struct capan_out *, bool *first, const char *word);
/* The same with a duration behind the word; nothing when it is below 0. */
void capan_text_duration(struct capan_out *, bool *first, const char *word, int64_t ns);

enum { CAPAN_PARAGRAPH = 2048 };

/* Sentences of up to CAPAN_PARAGRAPH octets in lines of out_width() columns, each behind indent blanks. */
void capan_text_paragraph(struct capan_out *, size_t indent, const struct sentence *);
/* The same for a text that is there already. */
void capan_text_prose(struct capan_out *, size_t indent, const char *text);

/* The lines of one row, behind a heading before the first. */
void capan_text_segment_row(struct capan_text *, struct capan_row *);
void capan_text_connection_row(struct capan_text *, struct capan_row *);
void capan_text_exchange_row(struct capan_text *, struct capan_row *);
void capan_text_finding_row(struct capan_text *, struct capan_row *);
void capan_text_page_row(struct capan_text *, struct capan_row *);
void capan_text_object_row(struct capan_text *, struct capan_row *);
void capan_text_etag_row(struct capan_text *, struct capan_row *);
void capan_text_claim_row(struct capan_text *, struct capan_row *);
void capan_text_place_row(struct capan_text *, struct capan_row *);
void capan_text_proved_row(struct capan_text *, struct capan_row *);
void capan_text_stitch_row(struct capan_text *, struct capan_row *);
void capan_text_sighted(struct capan_text *, const char *side, const char *file, const struct capan_segment *);
void capan_text_diff_row(struct capan_text *, struct capan_row *);
void capan_text_whatif_row(struct capan_text *, struct capan_row *);
void capan_text_whatif_group_row(struct capan_text *, struct capan_row *);
void capan_text_whatif_change_row(struct capan_text *, struct capan_row *);

#define CAPAN_EXCHANGE_HEADING " asked answer       time    took status    body  verdict             request"
/* An exchange's line, and another one when it has violations that are more than a note. */
void capan_text_exchange(struct capan_text *, const struct capan_exchange *, int64_t origin_ns);
/* What one end announced in its SYN. */
void capan_say_offer(struct sentence *, const char *who, const struct capan_tcp_side *);
/* Where the time of what that side sends went: a bar, and its parts by name. */
void capan_text_time(struct capan_out *, const char *who, const struct capan_tcp_time *);
/* How large its segments may be on the path, where the capture has evidence of that. */
void capan_text_room(struct capan_out *, const struct capan_connection *);
/* A connection's endpoints and what became of it; brief: for the summary. */
void capan_text_connection(struct capan_text *, const struct capan_connection *, int64_t origin_ns, bool brief);
#define CAPAN_FINDING_HEADING "  level finding                    times      cost  who to mend      first frames"
/* "192.0.2.1 on interface eth0: ", of a finding about one host. */
void capan_say_host(struct sentence *, const struct capan_finding *);
/* A finding's line and, unless brief, its sentence. */
void capan_text_finding(struct capan_text *, const struct capan_finding *, bool brief);

#endif
