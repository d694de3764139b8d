/* SPDX-License-Identifier: MIT */
/* What a judge is to be told, written down in notes and told later, as on another thread. A note is a value, with
 * copies of all that it names: besides notes, who writes and who reads share nothing. */
#ifndef DOCKET_H
#define DOCKET_H

#include "capan/talk.h"
#include "judge.h"

/* --- who writes --- */

/* An exchange in flight, as its writer knows it. */
struct capan_docketed;

/* Owned by the caller: open, then close. */
struct capan_docket {
    struct capan_notes notes; /* room NULL: nothing is written any more */
    const struct capan_alloc *alloc;
    struct capan_docketed *spare, *ended, *newest_ended;
    uint32_t count; /* of those that there were at once */
};

void capan_docket_open(struct capan_docket *, const struct capan_notes *, const struct capan_alloc *);
void capan_docket_close(struct capan_docket *);

/* As the functions of judge.h. NULL without memory. */
struct capan_docketed *capan_docket_request(struct capan_docket *, const struct capan_http_parties *, int64_t h2_stream,
                                            const struct capan_http_head *head);
void capan_docket_pays(struct capan_docket *, const struct capan_docketed *, struct capan_handshakes);
void capan_docket_upgraded(struct capan_docket *, const struct capan_docketed *, int64_t h2_stream);
void capan_docket_interim(struct capan_docket *, const struct capan_docketed *, uint16_t status);
void capan_docket_response(struct capan_docket *, struct capan_docketed *, const struct capan_http_head *);
void capan_docket_trailers(struct capan_docket *, const struct capan_docketed *, bool request,
                           const struct capan_http_field *fields, size_t count);
void capan_docket_drop(struct capan_docket *, struct capan_docketed *);
void capan_docket_forget(struct capan_docket *, enum capan_http_forgetting, bool of_tls);
void capan_docket_giving_up(struct capan_docket *, bool);
bool capan_docketed_is_head(const struct capan_docketed *);
bool capan_docketed_is_connect(const struct capan_docketed *);
size_t *capan_docketed_charge(struct capan_docketed *); /* as that of a judgement */

/* The exchange is over, and waits in the docket to be taken; owner is handed out with it. Of what is returned, parties,
 * status and extents are true, and as outcome TUNNEL; NO_RESPONSE may turn out to be another one without a response. */
const struct capan_exchange *capan_docket_end(struct capan_docket *, struct capan_docketed *,
                                              const struct capan_http_end *, void *owner);
/* The first of those, in the order in which they ended, for its connection to say what it knows of it: what held it up,
 * and a FIN that it crossed. It is told then, and free. NULL: no more. */
struct capan_docketed *capan_docket_take(struct capan_docket *, struct capan_exchange **, void **owner);
void capan_docket_tell(struct capan_docket *, struct capan_docketed *);

void capan_docket_content(struct capan_docket *, const struct capan_content *);
/* No more will be written. */
void capan_docket_finish(struct capan_docket *);

/* --- who reads --- */

/* What comes of notes. */
struct capan_docket_sink {
    void (*exchange)(void *context, struct capan_exchange *);
    void (*content)(void *context, const struct capan_content *);
    void (*finish)(void *context);
    void *context;
};

/* Owned by the caller: all zero but for judge and alloc, then close. */
struct capan_docket_reader {
    struct capan_judge *judge;
    const struct capan_alloc *alloc;
    struct capan_docket_heard *open; /* by number */
    size_t count, capacity;
};

/* One note, in the order in which they were written. Without memory an exchange is left out. */
void capan_docket_hear(struct capan_docket_reader *, const void *note, const struct capan_docket_sink *);
void capan_docket_reader_close(struct capan_docket_reader *);

#endif
