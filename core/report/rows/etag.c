/* SPDX-License-Identifier: MIT */
/* Columns of entity tags. */
#include "column.h"

static struct capan_value mtime(struct capan_row *row) {
    const int64_t mtime_ns = row->etag->reading.mtime_ns;
    return mtime_ns == CAPAN_NO_MTIME ? CAPAN_ABSENT : value_seconds(mtime_ns);
}

static struct capan_value size(struct capan_row *row) {
    return row->etag->reading.size_known ? value_number(row->etag->reading.size) : CAPAN_ABSENT;
}

static struct capan_value inode(struct capan_row *row) {
    return row->etag->reading.inode_known ? value_number(row->etag->reading.inode) : CAPAN_ABSENT;
}

#define CAPAN_ROW struct capan_etag_row
static const struct capan_column columns[] = {
    {"authority", "of the target URI", CAPAN_READ(SPAN, NONE, authority)},
    {"target", "path and query of the target URI", CAPAN_READ(SPAN, NONE, target)},
    {"etag", "the entity tag as sent", CAPAN_READ(SPAN, NONE, tag)},
    {"server", "who gave it first, address:port", CAPAN_READ(ENDPOINT, NONE, server)},
    {"first_frame", "the last frame of the first response with it", CAPAN_READ(NONZERO, FRAME, first_frame)},
    {"last_frame", "the same of the last response", CAPAN_READ(NONZERO, FRAME, last_frame)},
    {"responses", "how many had it", CAPAN_READ(COUNT, NUMBER, count)},
    {"generator", "what makes tags of that shape", CAPAN_WORD(TOKEN, reading.generator, capan_etag_generators)},
    {"certainty", "certain: its time or digest is true; likely: by its shape; ambiguous: others fit as well",
     CAPAN_WORD(TOKEN, reading.certainty, capan_certainties)},
    {"weak", "it is a weak validator (RFC 9110 8.8.1)", CAPAN_READ(BOOLEAN, NONE, reading.weak)},
    {"coding", "what marks a content coding at its end", CAPAN_READ(SPAN, NONE, reading.coding)},
    {"mtime", "the file's last change as the tag has it, since 1970-01-01 UTC", CAPAN_MADE(SECONDS, NS, mtime)},
    {"mtime_check", "that against Last-Modified", CAPAN_WORD(TOKEN_BUT_0, reading.mtime_check, capan_etag_checks)},
    {"size", "the file's length as the tag has it", CAPAN_MADE(UNSIGNED, OCTETS, size)},
    {"size_check", "that against the length of the representation",
     CAPAN_WORD(TOKEN_BUT_0, reading.size_check, capan_etag_checks)},
    {"inode", "the file's number on its disk", CAPAN_MADE(UNSIGNED, IDENTIFIER, inode)},
    {"parts", "of a multipart upload", CAPAN_READ(NONZERO, NUMBER, reading.parts)},
    {"digest_check", "the digest that it is against the content that was sent",
     CAPAN_WORD(TOKEN_BUT_0, reading.digest_check, capan_etag_checks)},
    {"relation", "what it is to the tags before it", CAPAN_WORD(TOKEN, relation, capan_etag_relations)},
    {"nodes", "that the tags of this target URI prove", CAPAN_READ(COUNT, NUMBER, nodes)},
    {"host_nodes", "the most that any target URI of the authority proves", CAPAN_READ(COUNT, NUMBER, host_nodes)},
};

const struct capan_table capan_etag_table = CAPAN_TABLE("etags", columns, 0);
