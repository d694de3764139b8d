/* SPDX-License-Identifier: MIT */
#include "explain.h"

#include "clauses.h"
#include "human.h"
#include "sections.h"
#include "sentence.h"

#define SHOWN_MAX 96 /* octets of one value */

/* What the names of a clause's text are looked up in. */
struct telling {
    const struct capan_exchange *exchange;
    uint64_t facts;
    const struct capan_token *clause;
    struct capan_span value; /* of the field that a precondition's clause is about */
};

static capan_name_writer put_name;

static void say_clause(struct sentence *text, struct telling *of, const struct capan_clause *clause) {
    const struct capan_token *outer = of->clause;
    of->clause = &clause->token;
    capan_say_filled(text, clause->token.sentence, put_name, of);
    of->clause = outer;
}

/* Most clauses are not told. */
static inline void put_clause(struct sentence *text, struct telling *of, const struct capan_clause *clause) {
    if (capan_clause_holds(clause, of->facts)) say_clause(text, of, clause);
}

static void put_span(struct sentence *text, struct capan_span octets) {
    capan_say_octets(text, octets, SHOWN_MAX);
}

static void put_method(struct sentence *text, struct telling *of) {
    put_span(text, of->exchange->method);
}

static void put_target(struct sentence *text, struct telling *of) {
    put_span(text, of->exchange->target);
}

/* In the order of the request. */
static void put_conditions(struct sentence *text, struct telling *of) {
    for (size_t i = 0; i < of->exchange->request_field_count; i++) {
        const struct capan_http_field *field = &of->exchange->request_fields[i];
        of->value = field->value;
        put_clause(text, of, &capan_precondition_clauses[capan_field_number(field->name)]);
    }
}

static void put_value(struct sentence *text, struct telling *of) {
    put_span(text, of->value);
}

static void put_provenance(struct sentence *text, struct telling *of) {
    sentence_text(text, capan_provenance_phrases[of->exchange->provenance]);
}

static void put_outcome(struct sentence *text, struct telling *of) {
    const struct capan_exchange *exchange = of->exchange;
    sentence_text(text, exchange->sentence ? exchange->sentence : capan_http_outcomes[exchange->outcome].sentence);
}

static void put_outcome_source(struct sentence *text, struct telling *of) {
    sentence_text(text, of->exchange->source);
}

static void put_reason(struct sentence *text, struct telling *of) {
    sentence_text(text, capan_http_reasons[of->exchange->reason].sentence);
}

/* "TCP and CONNECT and TLS". */
static void put_handshake_kinds(struct sentence *text, struct telling *of) {
    const struct capan_handshakes *paid = &of->exchange->handshakes;
    const struct {
        unsigned count;
        const char *name;
    } kinds[] = {{paid->tcp, "TCP"}, {paid->tunnel, "CONNECT"}, {paid->tls, "TLS"}};
    const char *between = "";
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!kinds[i].count) continue;
        sentence_text(text, between);
        sentence_text(text, kinds[i].name);
        between = " and ";
    }
}

static void put_delayed_by(struct sentence *text, struct telling *of) {
    sentence_text(text, of->exchange->delayed_by->token);
}

static void put_age_field(struct sentence *text, struct telling *of) {
    put_span(text, capan_response_value(of->exchange, CAPAN_FIELD_AGE));
}

static void put_skew_side(struct sentence *text, struct telling *of) {
    struct capan_told_quantity skew;
    capan_told_quantity(of->exchange, "clock_skew", strlen("clock_skew"), &skew);
    sentence_text(text, skew.value < 0 ? "earlier" : "later");
}

/* "Vary and Content-Location". A lost ETag is a violation of its own where a 304 lost it. */
static void put_missing(struct sentence *text, struct telling *of) {
    const struct capan_exchange *exchange = of->exchange;
    bool etag_is_told = exchange->violations >> CAPAN_VIOLATION_304_MISSING_ETAG & 1;
    unsigned lost = exchange->lost & ~((unsigned)etag_is_told << CAPAN_REPEATED_ETAG);
    for (unsigned i = 0; i < CAPAN_HTTP_REPEATED_COUNT; i++) {
        if (!(lost >> i & 1)) continue;
        bool last = lost >> i == 1, first = !(lost & ((1U << i) - 1));
        sentence_text(text, first ? "" : last ? " and " : ", ");
        sentence_text(text, capan_http_repeated_names[i]);
    }
}

static void put_given_up(struct sentence *text, struct telling *of) {
    uint64_t left = of->exchange->forgotten;
    const char *comma = "";
    for (const struct capan_token *what; (what = capan_take_token(capan_http_forgettings, &left)); comma = ", ") {
        sentence_text(text, comma);
        sentence_text(text, what->sentence);
    }
}

static void put_section(struct sentence *text, struct telling *of) {
    sentence_text(text, of->clause->source);
}

/* A violation or an advice with what it rests on. What does not fit whole is left out: the exchange has it as a word
 * all the same. */
static void put_item(struct sentence *text, struct telling *of, const char *before, const struct capan_token *item,
                     const struct capan_clause *figure, const char *sections) {
    size_t len = text->len;
    sentence_text(text, before);
    sentence_text(text, item->sentence);
    if (figure) put_clause(text, of, figure);
    if (*sections) {
        sentence_text(text, " (");
        sentence_text(text, sections);
        sentence_text(text, ")");
    }
    if (sentence_is_full(text)) text->at[text->len = len] = 0;
}

static void put_violations(struct sentence *text, struct telling *of) {
    for (unsigned i = 0; i < CAPAN_HTTP_VIOLATION_COUNT; i++) {
        const struct capan_token *violation = &capan_http_violations[i];
        if (of->exchange->violations >> i & 1 && violation->severity >= CAPAN_NOTE)
            put_item(text, of, "; ", violation, &capan_lost_clauses[i], capan_violation_sections(of->exchange, i));
    }
}

static void put_advice(struct sentence *text, struct telling *of) {
    for (unsigned i = 0; i < CAPAN_HTTP_ADVICE_COUNT; i++)
        if (of->exchange->advice >> i & 1)
            put_item(text, of, "; advice: ", &capan_http_advices[i], &capan_figure_clauses[i],
                     capan_advice_sections(of->exchange, i));
}

/* X(name, its first letter, its last letter): names that are no quantities. */
#define WORDS(X)                                                                                                       \
    X(method, 'm', 'd')                                                                                                \
    X(target, 't', 't')                                                                                                \
    X(conditions, 'c', 's')                                                                                            \
    X(value, 'v', 'e')                                                                                                 \
    X(provenance, 'p', 'e')                                                                                            \
    X(outcome, 'o', 'e')                                                                                               \
    X(outcome_source, 'o', 'e')                                                                                        \
    X(reason, 'r', 'n')                                                                                                \
    X(handshake_kinds, 'h', 's')                                                                                       \
    X(delayed_by, 'd', 'y')                                                                                            \
    X(age_field, 'a', 'd')                                                                                             \
    X(section, 's', 'n')                                                                                               \
    X(skew_side, 's', 'e')                                                                                             \
    X(given_up, 'g', 'p')                                                                                              \
    X(missing, 'm', 'g')                                                                                               \
    X(violations, 'v', 's')                                                                                            \
    X(advice, 'a', 'e')

#define QUANTITY_NAME(name, ...) #name,
#define WORD_NAME(name, ...)     #name,
const char *const capan_told_names[] = {CAPAN_TOLD_QUANTITIES(QUANTITY_NAME) WORDS(WORD_NAME) NULL};

static void put_quantity(struct sentence *text, const struct capan_told_quantity *quantity) {
    char written[CAPAN_HUMAN];
    switch (quantity->style) {
    case CAPAN_TOLD_PLAIN: sentence_signed(text, quantity->value); break;
    case CAPAN_TOLD_MAGNITUDE:
        sentence_number(text, quantity->value < 0 ? 0 - (uint64_t)quantity->value : (uint64_t)quantity->value);
        break;
    case CAPAN_TOLD_TENTHS: sentence_text(text, capan_human_tenths(written, (uint64_t)quantity->value, false)); break;
    case CAPAN_TOLD_TO_THE_US:
        sentence_text(text, capan_human_duration(written, CAPAN_DURATION_TO_THE_US, quantity->value));
        break;
    case CAPAN_TOLD_TO_THE_MS:
        sentence_text(text, capan_human_duration(written, CAPAN_DURATION_TO_THE_MS, quantity->value));
        break;
    }
}

#define WORD_CASE(name, first, last)                                                                                   \
    case CAPAN_TOLD_NAME(#name, first, last): put_##name(text, of); return;

static void put_name(struct sentence *text, const char *name, size_t len, void *context) {
    struct telling *of = context;
    struct capan_told_quantity quantity;
    switch (CAPAN_TOLD_KEY(len, name[0], name[len - 1])) { WORDS(WORD_CASE) }
    if (capan_told_quantity(of->exchange, name, len, &quantity)) put_quantity(text, &quantity);
}

size_t capan_exchange_clauses(const struct capan_exchange *exchange,
                              const struct capan_token *list[CAPAN_EXCHANGE_CLAUSES]) {
    const uint64_t facts = capan_told_facts(exchange);
    size_t count = 0;
    for (size_t i = 0; i < CAPAN_CLAUSES; i++)
        if (capan_clause_holds(&capan_clauses[i], facts)) list[count++] = &capan_clauses[i].token;
    return count;
}

size_t capan_exchange_explain(const struct capan_exchange *exchange, char buffer[CAPAN_EXPLAIN_TEXT]) {
    struct sentence text = sentence_in(buffer, CAPAN_EXPLAIN_TEXT);
    struct telling telling = {.exchange = exchange, .facts = capan_told_facts(exchange)};
    for (size_t i = 0; i < CAPAN_CLAUSES; i++) put_clause(&text, &telling, &capan_clauses[i]);
    return text.len;
}
