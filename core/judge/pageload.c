/* SPDX-License-Identifier: MIT */
#include "pageload.h"

#include "bytes.h"
#include "uri.h"

#define NS_PER_S    INT64_C(1000000000)
#define REFERER_MAX 1024

/* Choices of ours. */
#define IDLE_NS      (30 * NS_PER_S) /* the next request of a Referer is of a new load */
#define QUIET_NS     NS_PER_S        /* a document that is asked for now is a page of its own, earlier it is a frame */
#define UNKNOWN_X100 100             /* an exchange takes one round trip at least */

/* --- chains ---------------------------------------------------------------------------------------------------- */

/* The longest chain that had ended by then; of none it is empty. */
static struct capan_chain chain_before(const struct capan_chains *chains, int64_t begin_ns) {
    size_t i = chains->count;
    while (i && chains->at[i - 1].end_ns > begin_ns) i--;
    return i ? chains->at[i - 1] : (struct capan_chain){0};
}

static void remove_chain(struct capan_chains *chains, size_t at) {
    chains->count--;
    memmove(&chains->at[at], &chains->at[at + 1], (chains->count - at) * sizeof chains->at[0]);
}

/* Keeps those of use: none that ends later than another and is no longer. When there are too many, the earliest goes:
 * who began before it ended waited for none of the others either. */
static void keep_chain(struct capan_chains *chains, const struct capan_chain *chain) {
    size_t at = 0;
    while (at < chains->count && chains->at[at].end_ns <= chain->end_ns) at++;
    if (at && chains->at[at - 1].round_trips_x100 >= chain->round_trips_x100) return;
    while (at < chains->count && chains->at[at].round_trips_x100 <= chain->round_trips_x100) remove_chain(chains, at);
    if (at && chains->at[at - 1].end_ns == chain->end_ns) remove_chain(chains, --at);
    if (chains->count == CAPAN_CHAINS_MAX) {
        remove_chain(chains, 0);
        at -= at > 0;
    }
    memmove(&chains->at[at + 1], &chains->at[at], (chains->count - at) * sizeof chains->at[0]);
    chains->at[at] = *chain;
    chains->count++;
}

struct capan_chain capan_chains_add(struct capan_chains *chains, int64_t begin_ns, int64_t end_ns,
                                    int64_t round_trips_x100, uint32_t confirming) {
    struct capan_chain chain = chain_before(chains, begin_ns);
    chain.end_ns = end_ns;
    chain.round_trips_x100 += min_i64(round_trips_x100, INT64_MAX / 2 - chain.round_trips_x100);
    chain.confirming += confirming;
    keep_chain(chains, &chain);
    return chain;
}

/* --- what an exchange is --------------------------------------------------------------------------------------- */

static struct capan_span media_type(const struct capan_judgement *j) {
    struct capan_span value = capan_kept_value(&j->answer.kept, CAPAN_FIELD_CONTENT_TYPE), type = {0};
    capan_parameter_next(&value, &type);
    return type;
}

static bool is_markup(struct capan_span type) {
    return capan_is_word(type, "text/html") || capan_is_word(type, "application/xhtml+xml");
}

/* A script asks for whatever there is, and says so; who follows a link names what it can show. */
static bool asks_for_anything(const struct capan_judgement *j) {
    size_t at = 0;
    const struct capan_http_field *accept =
        capan_field_next(j->asked.kept.all, j->asked.kept.all_count, CAPAN_FIELD_ACCEPT, &at);
    return accept && span_equal(accept->value, span_of("*/*"));
}

static bool has_referer(const struct capan_judgement *j) {
    return capan_kept_has(&j->asked.kept, CAPAN_FIELD_REFERER);
}

static bool is_document(const struct capan_judgement *j, const struct capan_page_url *own) {
    bool post = span_equal(j->exchange.method, span_of("POST"));
    if (!capan_judgement_has(j, CAPAN_IS_GET) && !post) return false;
    if (has_referer(j) && (!capan_judgement_any(j, CAPAN_GOT_2XX | CAPAN_GOT_304) || asks_for_anything(j)))
        return false;
    if (capan_judgement_has(j, CAPAN_GOT_304)) return own && own->document;
    return is_markup(media_type(j));
}

static bool is_redirect(const struct capan_judgement *j) {
    const uint16_t status = j->exchange.status;
    return capan_judgement_has(j, CAPAN_IS_GET) && capan_kept_has(&j->answer.kept, CAPAN_FIELD_LOCATION) &&
           (status == 301 || status == 302 || status == 303 || status == 307 || status == 308);
}

static bool is_favicon(const struct capan_judgement *j) {
    return span_equal(span_cut(j->exchange.target, 0, strlen("/favicon.ico")), span_of("/favicon.ico"));
}

/* --- loads ----------------------------------------------------------------------------------------------------- */

/* One exchange and what is known of pages around it. */
struct visit {
    struct capan_judgement *j;
    struct capan_store *store;
    struct capan_page_url *own;  /* of its own URL; NULL none */
    struct capan_load *referred; /* that its Referer names; NULL none */
};

static uint64_t url_key(const struct visit *visit, struct capan_span authority, struct capan_span path, bool secure) {
    struct capan_judgement *j = visit->j;
    return capan_mix(j->keys.client,
                     capan_uri_key(j->key, capan_uri_write(&j->arena, authority, path, secure), j->keys.server));
}

static uint64_t load_key(const struct capan_store *store, uint64_t number) {
    return capan_hash(store->key, &number, sizeof number);
}

static int64_t asked_ns(const struct visit *visit) {
    return visit->j->exchange.request.first_ns;
}

/* NULL when there is none, or it is too long ago. */
static struct capan_load *load_of(const struct visit *visit, const struct capan_page_url *url) {
    if (!url || !url->load) return NULL;
    struct capan_load *load = capan_store_find(visit->store, CAPAN_NODE_LOAD, load_key(visit->store, url->load));
    return load && capan_elapsed_ns(load->last_ns, asked_ns(visit)) <= IDLE_NS ? load : NULL;
}

static struct capan_load *begin_load(const struct visit *visit) {
    uint64_t number = visit->store->loads + 1;
    struct capan_load *load = capan_store_make(visit->store, CAPAN_NODE_LOAD, load_key(visit->store, number));
    if (!load) return NULL;
    visit->store->loads = load->number = number;
    load->first_ns = load->last_ns = asked_ns(visit);
    load->ended_ns = INT64_MIN;
    return load;
}

/* From now on, what names that URL as its Referer is of this load. */
static struct capan_page_url *mark_url(const struct visit *visit, uint64_t key, const struct capan_load *load) {
    struct capan_page_url *url = capan_store_make(visit->store, CAPAN_NODE_PAGE, key);
    if (!url) return NULL;
    url->load = load->number;
    url->document = url->favicon = false;
    return url;
}

/* As the target of its own request would be. */
static struct capan_load *find_referred(const struct visit *visit) {
    struct capan_span scheme, authority, path;
    struct capan_span referer = span_cut(capan_kept_value(&visit->j->asked.kept, CAPAN_FIELD_REFERER), 0, REFERER_MAX);
    if (!capan_uri_split(referer, &scheme, &authority, &path)) return NULL;
    if (!path.len) path = span_of("/");
    uint64_t key = url_key(visit, authority, path, capan_is_word(scheme, "https"));
    struct capan_load *load = load_of(visit, capan_store_find(visit->store, CAPAN_NODE_PAGE, key));
    if (!load && (load = begin_load(visit))) mark_url(visit, key, load);
    return load;
}

/* Something of it was under way a moment ago. */
static bool is_busy(const struct capan_load *load, int64_t now_ns) {
    return load && capan_elapsed_ns(max_i64(load->last_ns, load->ended_ns), now_ns) <= QUIET_NS;
}

/* The load that its parts, or a redirect, told of before the document had ended. */
static struct capan_load *find_begun(const struct visit *visit) {
    struct capan_load *load = load_of(visit, visit->own);
    if (!load || load->has_document) return NULL;
    return load->redirected || asked_ns(visit) <= load->first_ns ? load : NULL;
}

static uint64_t own_key(const struct visit *visit) {
    return capan_mix(visit->j->keys.client, visit->j->keys.resource);
}

static void open_document(const struct visit *visit, struct capan_load *load) {
    const struct capan_exchange *exchange = &visit->j->exchange;
    struct capan_page_url *icon;
    load->has_document = true;
    icon = mark_url(visit, url_key(visit, exchange->authority, span_of("/favicon.ico"), exchange->secure), load);
    if (icon) icon->favicon = true;
    struct capan_page_url *own = mark_url(visit, own_key(visit), load);
    if (own) own->document = true;
}

/* What comes from there is the page. */
static void follow_redirect(const struct visit *visit, struct capan_load *load) {
    const struct capan_exchange *exchange = &visit->j->exchange;
    struct capan_span location = capan_kept_value(&visit->j->answer.kept, CAPAN_FIELD_LOCATION), scheme;
    struct capan_span authority = exchange->authority, path = span_cut(location, 0, REFERER_MAX);
    bool secure = exchange->secure;
    if (capan_uri_split(path, &scheme, &authority, &path)) secure = capan_is_word(scheme, "https");
    load->redirected = true;
    if (!path.len) path = span_of("/");
    if (path.at[0] == '/') mark_url(visit, url_key(visit, authority, path, secure), load);
}

static struct capan_load *open_page(const struct visit *visit, enum capan_page_role role) {
    struct capan_load *load = find_begun(visit);
    if (!load) load = begin_load(visit);
    if (load && role == CAPAN_PAGE_DOCUMENT) open_document(visit, load);
    if (load && role == CAPAN_PAGE_REDIRECT) follow_redirect(visit, load);
    return load;
}

/* A style sheet or a frame names others in its turn; so does what did before. */
static void mark_part(const struct visit *visit, bool document) {
    bool refers = document || visit->own || capan_is_word(media_type(visit->j), "text/css");
    if (refers && visit->referred) mark_url(visit, own_key(visit), visit->referred);
}

static struct capan_load *find_load(const struct visit *visit, enum capan_page_role *role) {
    bool document = is_document(visit->j, visit->own), redirect = is_redirect(visit->j);
    bool is_get = capan_judgement_has(visit->j, CAPAN_IS_GET);
    bool names_others = is_get && visit->own && !visit->own->document && !visit->own->favicon && find_begun(visit);
    *role = CAPAN_PAGE_FAVICON;
    if (is_favicon(visit->j) && visit->referred) return visit->referred;
    if (visit->own && visit->own->favicon) return load_of(visit, visit->own);
    *role = redirect ? CAPAN_PAGE_REDIRECT : CAPAN_PAGE_DOCUMENT;
    if ((document || redirect || names_others) && !is_busy(visit->referred, asked_ns(visit)))
        return open_page(visit, *role);
    *role = CAPAN_PAGE_PART;
    mark_part(visit, document);
    return visit->referred;
}

/* --- the exchange in its load ---------------------------------------------------------------------------------- */

static void extend_chain(const struct capan_judgement *j, struct capan_load *load, struct capan_page_part *part) {
    const struct capan_exchange *exchange = &j->exchange;
    const int64_t end_ns = max_i64(exchange->request.last_ns, exchange->response.last_ns);
    const unsigned handshakes = capan_handshake_sum(&exchange->handshakes);
    const bool confirms = exchange->outcome == CAPAN_OUTCOME_NOT_MODIFIED;
    int64_t own_x100 = exchange->round_trips_x100 < 0 ? UNKNOWN_X100 : exchange->round_trips_x100;
    int64_t begin_ns = exchange->request.first_ns;
    if (exchange->rtt_ns > 0 && exchange->rtt_ns < NS_PER_S * 60) begin_ns -= handshakes * exchange->rtt_ns;
    struct capan_chain chain = capan_chains_add(&load->chains, begin_ns, end_ns, own_x100 + 100 * (int64_t)handshakes,
                                                confirms ? 1 + handshakes : 0);
    part->path_x100 = chain.round_trips_x100;
    part->confirming = chain.confirming;
}

static void count_on_load(const struct capan_judgement *j, struct capan_load *load) {
    load->requests++;
    load->not_modified += j->exchange.outcome == CAPAN_OUTCOME_NOT_MODIFIED;
    load->first_ns = min_i64(load->first_ns, j->exchange.request.first_ns);
    load->last_ns = max_i64(load->last_ns, j->exchange.request.first_ns);
    load->ended_ns = max_i64(load->ended_ns, j->exchange.response.last_ns);
}

void capan_pages_add(struct capan_judgement *j, struct capan_store *store) {
    struct visit visit = {j, store, NULL, NULL};
    struct capan_page_part *part = &j->exchange.page;
    enum capan_page_role role;
    if (!capan_judgement_has(j, CAPAN_IS_CAPTURED) || capan_judgement_any(j, CAPAN_IS_EXEMPT)) return;
    visit.own = capan_store_find(store, CAPAN_NODE_PAGE, own_key(&visit));
    visit.referred = has_referer(j) ? find_referred(&visit) : NULL;
    j->load = find_load(&visit, &role);
    if (!j->load) return;
    count_on_load(j, j->load);
    part->number = j->load->number;
    part->role = (uint8_t)role;
    part->requests = j->load->requests;
    part->not_modified = j->load->not_modified;
    if (role != CAPAN_PAGE_FAVICON) extend_chain(j, j->load, part);
}
