/* SPDX-License-Identifier: MIT */
/* What capan says, as one table for each kind of row: a value is one row of its table, and everything that shows it
 * reads it there. CSV, JSON, NDJSON, --where, the JSON schema, the manual page of columns, and the fields of the
 * Wireshark plugin with their tree. A new value is one new row. */
#ifndef CAPAN_ROWS_H
#define CAPAN_ROWS_H

#include "exchange.h"

#ifdef __cplusplus
extern "C" {
#endif

enum capan_rows {
    CAPAN_ROWS_SEGMENTS,
    CAPAN_ROWS_CONNECTIONS,
    CAPAN_ROWS_EXCHANGES,
    CAPAN_ROWS_FINDINGS,
    CAPAN_ROWS_PAGES,
    CAPAN_ROWS_OBJECTS,
    CAPAN_ROWS_PROOFS,
    CAPAN_ROWS_WHATIF,
    CAPAN_ROWS_WHATIF_SUMS,
    CAPAN_ROWS_WHATIF_CHANGES,
    CAPAN_ROWS_ETAGS,
    CAPAN_ROWS_PROVED,
    CAPAN_ROWS_PLACES,
    CAPAN_ROWS_STITCH,
    CAPAN_ROWS_DIFF,
    CAPAN_ROWS_CLAIMS,
    CAPAN_ROWS_COUNT
};

/* What a value is. A column's is always of one type, or absent. */
enum capan_value_type {
    CAPAN_VALUE_ABSENT,
    CAPAN_VALUE_UNSIGNED,
    CAPAN_VALUE_SIGNED,
    CAPAN_VALUE_SECONDS,
    CAPAN_VALUE_MOMENT, /* since 1970-01-01 UTC; people choose how CSV has it (enum capan_clock) */
    CAPAN_VALUE_HUNDREDTHS,
    CAPAN_VALUE_BOOLEAN, /* absent when false */
    CAPAN_VALUE_TRUTH,   /* said either way */
    CAPAN_VALUE_TOKEN,   /* a row of the column's list */
    CAPAN_VALUE_WORD,    /* needs no escapes: ASCII without quotes, commas, controls */
    CAPAN_VALUE_OCTETS,  /* any text */
    CAPAN_VALUE_TOKENS,  /* a set of rows of the column's list */
    CAPAN_VALUE_COUNTS,  /* a number for each row of the column's list */
    CAPAN_VALUE_NUMBERS, /* a list */
    CAPAN_VALUE_FIELDS,  /* field lines of HTTP */
    CAPAN_VALUE_FACTS,
    CAPAN_VALUE_QUANTITIES,
    CAPAN_VALUE_TYPE_COUNT
};

struct capan_value {
    enum capan_value_type type;
    union {
        uint64_t number;
        int64_t integer; /* also nanoseconds (SECONDS, MOMENT) and hundredths */
        bool truth;
        const struct capan_token *token;
        struct capan_span octets; /* also a WORD's */
        struct {
            const struct capan_token *list;
            uint64_t mask;
        } tokens;
        struct {
            const uint32_t *at;
            size_t count;
        } numbers;
        struct {
            const struct capan_http_field *at;
            size_t count;
        } fields;
        struct {
            const struct capan_fact *at;
            size_t count;
        } facts;
        struct {
            const struct capan_quantity *at;
            size_t count;
        } quantities;
        struct {
            const struct capan_token *list;
            const uint32_t *at;
            size_t count;
        } counts;
    } as;
};

/* X(name, type of the value): how a value is read from the struct of its row. */
#define CAPAN_READS(X)                                                                                                 \
    X(COUNT, UNSIGNED)        /* unsigned of 1, 2, 4 or 8 octets, always there */                                      \
    X(NONZERO, UNSIGNED)      /* likewise, absent when 0: frame numbers above all */                                   \
    X(SIGNED, SIGNED)         /* int64_t, always there */                                                              \
    X(NOT_NEGATIVE, SIGNED)   /* int64_t, absent when below 0 */                                                       \
    X(TIME, SECONDS)          /* int64_t nanoseconds, always there */                                                  \
    X(MOMENT, MOMENT)         /* likewise, since 1970 */                                                               \
    X(DURATION, SECONDS)      /* likewise, absent when below 0 */                                                      \
    X(HUNDREDTHS, HUNDREDTHS) /* int64_t, absent when below 0 */                                                       \
    X(BOOLEAN, BOOLEAN)       /* absent when false */                                                                  \
    X(TOKEN, TOKEN)           /* unsigned, a row of the list */                                                        \
    X(TOKEN_BUT_0, TOKEN)     /* likewise, absent when 0 */                                                            \
    X(TOKENS, TOKENS)         /* uint64_t, a bit for each row of the list, absent when 0 */                            \
    X(SPAN, OCTETS)           /* struct capan_span, absent when empty */                                               \
    X(ENDPOINT, OCTETS)       /* struct capan_endpoint */
#define CAPAN_X(name, type) CAPAN_READ_##name,
enum capan_read { CAPAN_READS(CAPAN_X) CAPAN_READ_BY_GET };
#undef CAPAN_X

/* Types of Wireshark's fields: FT_UINT8 and so on; FRAME is FT_FRAMENUM, DURATION FT_RELATIVE_TIME. */
enum capan_wireshark_type {
    CAPAN_WIRESHARK_NONE, /* the plugin does not have it */
    CAPAN_WIRESHARK_UINT8,
    CAPAN_WIRESHARK_UINT32,
    CAPAN_WIRESHARK_UINT64,
    CAPAN_WIRESHARK_INT64,
    CAPAN_WIRESHARK_DOUBLE,
    CAPAN_WIRESHARK_BOOLEAN,
    CAPAN_WIRESHARK_STRING,
    CAPAN_WIRESHARK_FRAME,
    CAPAN_WIRESHARK_DURATION,
    CAPAN_WIRESHARK_TYPE_COUNT
};

/* How Wireshark shows a value: with its unit; a frame as a link of that kind. Words are strings. */
enum capan_wireshark_display {
    CAPAN_DISPLAY_PLAIN,
    CAPAN_DISPLAY_UNIT,
    CAPAN_DISPLAY_ACK,
    CAPAN_DISPLAY_REQUEST,
    CAPAN_DISPLAY_RESPONSE
};

/* On which frames of an exchange it stands: on the last one, which has the verdict; on the request's last one where
 * that is another; or on both. */
enum capan_wireshark_on { CAPAN_ON_END, CAPAN_ON_REQUEST, CAPAN_ON_BOTH };

/* A column as Wireshark's field. */
struct capan_wireshark_field {
    const char *label;
    uint8_t type;     /* enum capan_wireshark_type */
    uint8_t display;  /* enum capan_wireshark_display */
    uint8_t rank;     /* where it stands in its subtree: lower ones come first, equal ones in the table's order */
    uint8_t on;       /* enum capan_wireshark_on */
    bool proof;       /* in the frame's subtree of proofs, not in its row's own */
    bool but_0;       /* not shown when it is 0 or the first word of the list, though it is always printed */
    const char *name; /* behind "capan."; NULL: the column's key */
};

struct capan_row;
struct capan_segment;
struct capan_connection;
struct capan_finding;
struct capan_page;
struct capan_object;
struct capan_proof;
struct capan_whatif_row;
struct capan_whatif_group;
struct capan_whatif_change;
struct capan_etag_row;
struct capan_stitch_row;
struct capan_diff_row;
struct capan_proved;
struct capan_place;
struct capan_claim;

struct capan_column {
    const char *key;      /* its name: "tcp.kind". JSON nests it by its dots; Wireshark's field is "capan.tcp.kind" */
    const char *sentence; /* what it means, lower case, without a full stop */
    uint8_t type;         /* enum capan_value_type */
    uint8_t unit;         /* enum capan_unit, of the number in the struct: NS are printed as seconds */
    uint8_t read;         /* enum capan_read */
    uint8_t size;         /* of the member, in octets */
    uint16_t offset;      /* of the member in the row's struct, or in the one behind its pointer */
    uint16_t behind;      /* 1 + offset of that pointer in the row's struct, NULL: absent; 0: there is none */
    uint16_t token_count;
    const struct capan_token *tokens;              /* the list of a TOKEN, TOKENS or COUNTS; else NULL */
    const char *words;                             /* all that a WORD can be, with spaces between; NULL many */
    struct capan_value (*get)(struct capan_row *); /* where the value is not read but made; else NULL */
    struct capan_wireshark_field wireshark;
};

struct capan_row;
struct capan_table {
    const char *name; /* "segments" */
    const struct capan_column *columns;
    size_t count;      /* of the columns that are printed */
    size_t tree_count; /* of all: behind them are those that stand in Wireshark's tree alone */
    /* Of rows of several kinds: behind so many columns all are absent. NULL: it may be any. */
    size_t (*width)(const struct capan_row *);
};
CAPAN_API extern const struct capan_table *const capan_tables[CAPAN_ROWS_COUNT];

/* The column of that key; NULL: none that is printed has it. */
CAPAN_API const struct capan_column *capan_table_column(const struct capan_table *table, struct capan_span key);

/* One row, to read values from. The caller sets the pointer of its kind, with a segment's also acks, and origin_ns. */
struct capan_row {
    union {
        const void *base; /* whatever its kind */
        const struct capan_segment *segment;
        const struct capan_connection *connection;
        const struct capan_exchange *exchange;
        const struct capan_finding *finding;
        const struct capan_page *page;
        const struct capan_object *object;
        const struct capan_proof *proof;
        const struct capan_whatif_row *whatif;
        const struct capan_whatif_group *whatif_group;
        const struct capan_whatif_change *whatif_change;
        const struct capan_etag_row *etag;
        const struct capan_stitch_row *stitch;
        const struct capan_diff_row *diff;
        const struct capan_proved *proved;
        const struct capan_place *place;
        const struct capan_claim *claim;
    };
    const uint32_t *acks;                  /* a segment's */
    const struct capan_connection *within; /* likewise; only what people read looks at it */
    int64_t origin_ns;                     /* what relative times count from */
    char text[CAPAN_EXPLAIN_TEXT];         /* values that are made may lie here */
    uint32_t numbers[CAPAN_HTTP_INTERIM_MAX];
};

/* The value of one column; what it points to is valid until the next call with this row. */
CAPAN_API struct capan_value capan_column_value(const struct capan_column *, struct capan_row *);

#ifdef __cplusplus
}
#endif

#endif
