// Written by `make api-types` from the API itself. Do not edit.

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * BookPriceModel
         * @description A price of a rule.
         */
        BookPriceModel: {
            /**
             * Priced
             * @description cpu, ram, gpu, …, or the whole node.
             */
            priced: string;
            /**
             * Lifecycle
             * @description on_demand or spot; null: either.
             */
            lifecycle: string | null;
            /** Value */
            value: number;
            /**
             * Unit
             * @description $/core-hour, …, the $ standing for the book's currency.
             */
            unit: string;
            /**
             * Written
             * @description As the book has it.
             */
            written: string;
        };
        /**
         * BookRuleModel
         * @description A rule of the price book, or a default rate.
         */
        BookRuleModel: {
            /** Name */
            name: string;
            /**
             * Kind
             * @description rule: for what matches; rate: of what no rule prices; default rate: a rate of the book that comes with Farthing.
             * @enum {string}
             */
            kind: "rule" | "rate" | "default rate";
            /**
             * Match
             * @description What an asset must have; empty for rates.
             */
            match: string;
            /** Prices */
            prices: components["schemas"]["BookPriceModel"][];
        };
        /**
         * ClusterModel
         * @description A cluster that something is known of; null: not told.
         */
        ClusterModel: {
            /** Name */
            name: string;
            /** First */
            first: string | null;
            /** Last */
            last: string | null;
            /** Provider */
            provider: string | null;
            /** Region */
            region: string | null;
        };
        /**
         * ClusterState
         * @description How far and how whole the data of a cluster are; null where the source cannot tell.
         */
        ClusterState: {
            /** Name */
            name: string;
            /**
             * Provider
             * @description Of its nodes in the last known hour, where all agree.
             */
            provider: string | null;
            /** Region */
            region: string | null;
            /**
             * First
             * @description Where its data begin.
             */
            first: string | null;
            /**
             * Last
             * @description Where they end.
             */
            last: string | null;
            /**
             * Recordedat
             * @description When the latest of its hours was measured.
             */
            recordedAt: string | null;
            /**
             * Behindseconds
             * @description Since its last known hour ended.
             */
            behindSeconds: number | null;
            /** State */
            state: ("fresh" | "behind" | "silent") | null;
            /**
             * Hoursexpected
             * @description Hours of the window from where its data begin to where those of any cluster end.
             */
            hoursExpected: number | null;
            /**
             * Hoursknown
             * @description How many of them are known.
             */
            hoursKnown: number | null;
            /**
             * Gaps
             * @description Runs of the others, in order.
             */
            gaps: components["schemas"]["Span"][];
            /**
             * Nodes
             * @description Nodes in its last known hour.
             */
            nodes: number | null;
        };
        /**
         * Clusters
         * @description Every cluster that anything is known of, by name.
         */
        Clusters: {
            window: components["schemas"]["Span"];
            /** Zone */
            zone: string;
            /** Now */
            now: string;
            /**
             * Datauntil
             * @description Where the data of any cluster end; null where the source cannot tell.
             */
            dataUntil: string | null;
            thresholds: components["schemas"]["ThresholdsModel"];
            /** Clusters */
            clusters: components["schemas"]["ClusterState"][];
            /** Version */
            version: string;
        };
        /**
         * ColumnModel
         * @description What stands at one place of every row.
         */
        ColumnModel: {
            /** Name */
            name: string;
            /** Unit */
            unit: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "group" | "text" | "money" | "quantity" | "ratio" | "flag" | "trend";
            /** Doc */
            doc: string;
        };
        /**
         * Doctor
         * @description What makes the numbers wrong, gravest first.
         */
        Doctor: {
            /** Now */
            now: string;
            /** Datauntil */
            dataUntil: string | null;
            /**
             * Source
             * @description The server that is asked for data, credentials masked; null where there is none to be examined.
             */
            source: string | null;
            /**
             * Running
             * @description True: it is being examined; findings are those of the time before. Ask again.
             */
            running: boolean;
            /**
             * Examinedat
             * @description When the examination began that findings are of; null before the first.
             */
            examinedAt: string | null;
            /**
             * Lookedat
             * @description The hours it looked at, in words.
             */
            lookedAt: string;
            /**
             * Problem
             * @description Why the last examination failed; empty: it did not.
             */
            problem: string;
            /** Cure */
            cure: string;
            server: components["schemas"]["ExaminedServerModel"] | null;
            /** Findings */
            findings: components["schemas"]["FindingModel"][];
            /** Verdicts */
            verdicts: components["schemas"]["VerdictModel"][];
            /** Notes */
            notes: string[];
        };
        /**
         * Envelope
         * @description Every success of the compatible API.
         */
        Envelope: {
            /**
             * Code
             * @constant
             */
            code: 200;
            /**
             * Status
             * @constant
             */
            status: "success";
            /**
             * Data
             * @description As the clients of OpenCost and Kubecost read it; see the reference of the HTTP API.
             */
            data: unknown;
            /** @default null */
            meta: components["schemas"]["EnvelopeMeta"] | null;
            /**
             * Warning
             * @description What has no price (its cost is 0 here), what rests on a guess, and what else must be known.
             * @default
             */
            warning: string;
        };
        /**
         * EnvelopeMeta
         * @description What the answer is of.
         */
        EnvelopeMeta: {
            window: components["schemas"]["EnvelopeWindow"];
        };
        /**
         * EnvelopeWindow
         * @description Half-open [start, end), RFC 3339 in UTC.
         */
        EnvelopeWindow: {
            /** Start */
            start: string;
            /** End */
            end: string;
        };
        /**
         * ErrorDetail
         * @description What went wrong, for programs.
         */
        ErrorDetail: {
            /**
             * Kind
             * @description Name of the error, e.g. BadFilter; see the list of errors.
             */
            kind: string;
            /** Problem */
            problem: string;
            /** Expected */
            expected: string;
            /** Cure */
            cure: string;
            /**
             * Position
             * @description BadFilter: offset of the first wrong character.
             */
            position: number | null;
            /** Requestid */
            requestId: string;
        };
        /**
         * ExaminedServerModel
         * @description What the examined server tells of itself; null where it does not.
         */
        ExaminedServerModel: {
            /** Version */
            version: string | null;
            /** Retention */
            retention: string | null;
            /** Clusterlabel */
            clusterLabel: string | null;
        };
        /**
         * Explanation
         * @description How a cost is made.
         */
        Explanation: {
            window: components["schemas"]["Span"];
            /** Zone */
            zone: string;
            /** Asof */
            asOf: string;
            /**
             * Partial
             * @description True: the window ends after `asOf`.
             */
            partial: boolean;
            /**
             * Of
             * @enum {string}
             */
            of: "total" | "cpu" | "ram" | "gpu" | "storage" | "load_balancer";
            /**
             * Special
             * @description idle: of idle rows.
             * @enum {string}
             */
            special: "" | "idle";
            /**
             * Total
             * @description The same number as in a view of the same question, $; null: nothing in it has a price.
             */
            total: number | null;
            /**
             * Parts
             * @description Dearest first.
             */
            parts: components["schemas"]["PartModel"][];
            /**
             * Marks
             * @description Everything that rows are marked with, most money first.
             */
            marks: components["schemas"]["MarkModel"][];
            /**
             * Unpriced
             * @description What of it has no price.
             */
            unpriced: components["schemas"]["UnpricedModel"][];
            /** Notes */
            notes?: components["schemas"]["NoteModel"][];
            /** Version */
            version: string;
        };
        /**
         * Failure
         * @description Every answer that is no success.
         */
        Failure: {
            /** Code */
            code: number;
            /**
             * Status
             * @constant
             */
            status: "error";
            /** Data */
            data: null;
            /** Message */
            message: string;
            error: components["schemas"]["ErrorDetail"];
        };
        /**
         * FeaturesModel
         * @description What this server can do.
         */
        FeaturesModel: {
            /** Receivessamples */
            receivesSamples: boolean;
            /** Tokens */
            tokens: boolean;
        };
        /**
         * FilterFieldModel
         * @description A field that can be filtered by; of `several` one must match, a `map` takes [key].
         */
        FilterFieldModel: {
            /** Field */
            field: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "one" | "several" | "map";
        };
        /**
         * FindingModel
         * @description Something that makes numbers wrong, or could.
         */
        FindingModel: {
            /**
             * Layer
             * @description own: seen by this server in what it keeps; source: by the examination of the server that it asks for data.
             * @enum {string}
             */
            layer: "own" | "source";
            /** Check */
            check: string;
            /**
             * Severity
             * @description error: numbers are wrong or missing; warning: they rest on something assumed; info: worth to know.
             * @enum {string}
             */
            severity: "error" | "warning" | "info";
            /** Title */
            title: string;
            /** Evidence */
            evidence: string[];
            /**
             * Concerns
             * @description Which numbers are wrong, by how much as far as known.
             */
            concerns: string;
            /** Cure */
            cure: string;
            /**
             * Cluster
             * @description Empty where it is not one cluster's.
             */
            cluster: string;
            /**
             * Money
             * @description $ that rest on it or are missing; null: not told.
             */
            money: number | null;
            /**
             * Moneyof
             * @description Of which time: the last 7 days, or one hour; of gaps and late clusters what their missing hours would have cost.
             */
            moneyOf: string;
            /**
             * Share
             * @description Of all money of that time.
             */
            share: number | null;
        };
        /**
         * FormModel
         * @description A way to write a window.
         */
        FormModel: {
            /** Form */
            form: string;
            /** Doc */
            doc: string;
        };
        /**
         * GuessModel
         * @description Money that rests on something assumed.
         */
        GuessModel: {
            /** Name */
            name: string;
            /** Doc */
            doc: string;
            /** Cure */
            cure: string;
            /** Rows */
            rows: number;
            /**
             * Cost
             * @description $ that rest on it.
             */
            cost: number;
        };
        /**
         * HistoryModel
         * @description How far the past is: hours of clusters that can be asked for, since the start.
         */
        HistoryModel: {
            /** Done */
            done: number;
            /**
             * Total
             * @description null while nobody knows how much there is.
             */
            total: number | null;
        };
        /**
         * JobModel
         * @description Long work, how far it is.
         */
        JobModel: {
            /**
             * Job
             * @enum {string}
             */
            job: "collecting" | "taking in" | "costing again";
            /**
             * Done
             * @description Hours of clusters that are done.
             */
            done: number;
            /**
             * Total
             * @description Hours of clusters there are; null where nobody knows.
             */
            total: number | null;
            /**
             * Reached
             * @description The hour it is at.
             */
            reached: string | null;
        };
        /**
         * LimitsModel
         * @description The most that can be asked for at once.
         */
        LimitsModel: {
            /** Steps */
            steps: number;
            /** Rows */
            rows: number;
            /** Series */
            series: number;
        };
        /**
         * LoopModel
         * @description Work that is done again and again.
         */
        LoopModel: {
            /**
             * Name
             * @description collect, scrape, samples, take in, tidy, prices, …
             */
            name: string;
            /**
             * Ok
             * @description False: it failed the last time, see `problem`; it is tried again.
             */
            ok: boolean;
            /**
             * Rounds
             * @description Rounds that went well since the start.
             */
            rounds: number;
            /**
             * Failures
             * @description Failures since it last went well.
             */
            failures: number;
            /**
             * Succeededat
             * @description When it last went well; null before the first time.
             */
            succeededAt: string | null;
            /**
             * Did
             * @description What it did when it last did anything worth telling.
             */
            did: string;
            /**
             * Problem
             * @description What is wrong now; empty: nothing.
             */
            problem: string;
        };
        /**
         * MarkModel
         * @description What must be known to trust some rows.
         */
        MarkModel: {
            /** Name */
            name: string;
            /** Doc */
            doc: string;
            /** Cure */
            cure: string;
            /**
             * Guess
             * @description True: money rests on something assumed.
             */
            guess: boolean;
            /** Rows */
            rows: number;
            /**
             * Cost
             * @description $ that rest on the guess; of other marks all costs of the rows.
             */
            cost: number;
        };
        /**
         * Meta
         * @description What a screen must know before its first question.
         */
        Meta: {
            /** Product */
            product: string;
            /** Productversion */
            productVersion: string;
            /** Currency */
            currency: string;
            /**
             * Simulated
             * @description True: nothing here is of a real cluster (`farthing demo`).
             */
            simulated: boolean;
            /** Now */
            now: string;
            /** Asof */
            asOf: string;
            /** Version */
            version: string;
            /** Clusters */
            clusters: components["schemas"]["ClusterModel"][];
            /** Windows */
            windows: components["schemas"]["FormModel"][];
            /** Steps */
            steps: string[];
            allocation: components["schemas"]["SubjectModel"];
            assets: components["schemas"]["SubjectModel"];
            /** Operators */
            operators: components["schemas"]["OperatorModel"][];
            /** Idle */
            idle: string[];
            /** Idleby */
            idleBy: string[];
            /** Idlerows */
            idleRows: string[];
            /** Splits */
            splits: string[];
            /** Exports */
            exports: string[];
            sharing: components["schemas"]["SharingModel"] | null;
            features: components["schemas"]["FeaturesModel"];
            limits: components["schemas"]["LimitsModel"];
        };
        /**
         * NoteModel
         * @description What a reader must be told once.
         */
        NoteModel: {
            /** Level */
            level: string;
            /** Cluster */
            cluster: string;
            /** Text */
            text: string;
            /** Cure */
            cure: string;
        };
        /**
         * OperatorModel
         * @description How a filter compares.
         */
        OperatorModel: {
            /** Sign */
            sign: string;
            /**
             * Match
             * @enum {string}
             */
            match: "equals" | "contains" | "starts with" | "ends with";
            /** Negated */
            negated: boolean;
        };
        /**
         * PartModel
         * @description What one resource at one price, or what was received from others, adds to the cost.
         */
        PartModel: {
            /**
             * Resource
             * @enum {string}
             */
            resource: "cpu" | "ram" | "gpu" | "storage" | "load_balancer" | "network" | "management" | "shared";
            /**
             * Kind
             * @description held: by pods; unmounted: volumes and load balancers of nobody; unobserved: nodes in long holes in the data; idle: what nobody
             *     held, or of it what was received; shared: received of what is shared out; overhead: of the monthly amount.
             * @enum {string}
             */
            kind: "held" | "unmounted" | "unobserved" | "management" | "idle" | "shared" | "overhead";
            /**
             * Cost
             * @description $; null: without a price. Those of all parts add up to the total.
             */
            cost: number | null;
            quantity: components["schemas"]["QuantityModel"] | null;
            /** @description null: see `reason`. */
            price: components["schemas"]["PriceModel"] | null;
            /**
             * Reason
             * @description Why there is no price, or from whom it was received; empty where there is a price.
             */
            reason: string;
            /**
             * Cure
             * @description What to add to the price book; empty where there is a price.
             */
            cure: string;
            /**
             * Factornote
             * @description Why the cost is not quantity held × price; empty where it is.
             */
            factorNote: string;
            /**
             * Assets
             * @description How many assets it hangs on; 0: on none in particular.
             */
            assets: number;
        };
        /**
         * PriceBookModel
         * @description What everything is costed by now.
         */
        PriceBookModel: {
            /** Name */
            name: string;
            /**
             * Origin
             * @description The file; empty: the book that comes with Farthing.
             */
            origin: string;
            /** Currency */
            currency: string;
            /**
             * Isdefault
             * @description True: nothing in it is your own.
             */
            isDefault: boolean;
            /**
             * Rules
             * @description In the order in which they are looked at.
             */
            rules: components["schemas"]["BookRuleModel"][];
            /** Notes */
            notes: components["schemas"]["NoteModel"][];
        };
        /**
         * PriceModel
         * @description The price of a unit, and who says so.
         */
        PriceModel: {
            /** Value */
            value: number;
            /**
             * Unit
             * @description $/core-hour, $/GiB-hour, $/card-hour or $/hour, the $ standing for `currency`.
             */
            unit: string;
            /** Currency */
            currency: string;
            /**
             * Source
             * @description The book and its rule or default rate, as it is written there.
             */
            source: string;
            /**
             * Category
             * @description custom: of a rule or rate of yours; default: of the default book.
             */
            category: string;
            /**
             * Assetkind
             * @description node, disk or load_balancer; null: not told.
             */
            assetKind: string | null;
            /**
             * Lifecycle
             * @description on_demand or spot, where it is the same for all of the assets.
             */
            lifecycle: string | null;
            /** Instancetype */
            instanceType: string | null;
            /** Region */
            region: string | null;
            /** Storageclass */
            storageClass: string | null;
        };
        /**
         * QuantityModel
         * @description How much of a resource, over the window; null: not known, or nothing of that kind.
         */
        QuantityModel: {
            /**
             * Held
             * @description What costs: the larger of requested and used, hour by hour; of idle what nobody held.
             */
            held: number | null;
            /** Requested */
            requested: number | null;
            /** Used */
            used: number | null;
            /**
             * Unit
             * @enum {string}
             */
            unit: "core·h" | "GiB·h" | "card·h" | "h";
        };
        /**
         * SeriesModel
         * @description Costs per step, $, in the order of `steps`. null: a step of which nothing is known, or that has no price.
         */
        SeriesModel: {
            /**
             * By
             * @description The column that series are told apart by.
             */
            by: string;
            /**
             * Keys
             * @description Its dearest values over the whole window, dearest first.
             */
            keys: string[];
            /**
             * Values
             * @description One list of points per key.
             */
            values: (number | null)[][];
            /**
             * Other
             * @description All other values together; null where there are none.
             */
            other: (number | null)[] | null;
            /**
             * Idle
             * @description Idle that is told apart; null where there is none.
             */
            idle: (number | null)[] | null;
        };
        /**
         * SettingModel
         * @description A setting. Values are written as in YAML, secrets masked.
         */
        SettingModel: {
            /**
             * Key
             * @description Its dotted name, as `farthing settings` and the reference have it.
             */
            key: string;
            /** Name */
            name: string;
            /** Value */
            value: string;
            /** Default */
            default: string;
            /**
             * Source
             * @description Where the value came from; command: set by what was started, as `farthing demo` does.
             * @enum {string}
             */
            source: "default" | "file" | "environment" | "flag" | "command";
            /**
             * Origin
             * @description The same in full: farthing.yaml:7, FARTHING_SERVE__PORT, flag --port; empty: default or command.
             */
            origin: string;
            /**
             * Environment
             * @description The variable that sets it.
             */
            environment: string;
            /**
             * Valid
             * @description What it takes.
             */
            valid: string;
            /** Doc */
            doc: string;
        };
        /**
         * SettingsInForce
         * @description What holds now.
         */
        SettingsInForce: {
            /** Sections */
            sections: components["schemas"]["SettingsSection"][];
            priceBook: components["schemas"]["PriceBookModel"] | null;
            /** Sources */
            sources: components["schemas"]["SourceModel"][];
        };
        /**
         * SettingsSection
         * @description Settings that belong together.
         */
        SettingsSection: {
            /**
             * Section
             * @description Its name; empty for those that belong to none.
             */
            section: string;
            /** Doc */
            doc: string;
            /** Settings */
            settings: components["schemas"]["SettingModel"][];
        };
        /**
         * SharedModel
         * @description What sharing moved, $: `given` of shared things' own costs, `stayed` of them where nobody was to receive it; `overhead` of the
         *     monthly amount, `overhead_lost` in hours when nobody was there.
         */
        SharedModel: {
            /** Given */
            given: number;
            /** Stayed */
            stayed: number;
            /** Overhead */
            overhead: number;
            /** Overhead Lost */
            overhead_lost: number;
        };
        /**
         * SharingModel
         * @description What the settings share out.
         */
        SharingModel: {
            /** Namespaces */
            namespaces: string[];
            /** Labels */
            labels: {
                [key: string]: string[];
            };
            /** Monthly */
            monthly: number;
            /**
             * Split
             * @enum {string}
             */
            split: "weighted" | "even";
            /** Management */
            management: boolean;
            /** Loadbalancers */
            loadBalancers: boolean;
        };
        /**
         * SourceModel
         * @description Where facts come from, or lie.
         */
        SourceModel: {
            /** Name */
            name: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "prometheus" | "samples" | "lake";
            /**
             * Url
             * @description Or folder; credentials masked.
             */
            url: string;
            /**
             * Datauntil
             * @description Until when hours are known of it; null: not told.
             */
            dataUntil: string | null;
        };
        /**
         * Span
         * @description Half-open [start, end), RFC 3339 in UTC.
         */
        Span: {
            /** Start */
            start: string;
            /** End */
            end: string;
        };
        /**
         * Status
         * @description What the machine behind the server does now.
         */
        Status: {
            /** Now */
            now: string;
            /**
             * Datauntil
             * @description Until when data are known; null where nothing is known yet, or where the source cannot tell without being asked for costs.
             */
            dataUntil: string | null;
            /**
             * Ready
             * @description False: there is nothing to be asked for yet.
             */
            ready: boolean;
            /**
             * Building
             * @description True: history is still collected or taken in, so that what is older may be missing.
             */
            building: boolean;
            history: components["schemas"]["HistoryModel"];
            /**
             * Loops
             * @description Every loop; empty where nothing works but the questions themselves (`farthing serve`).
             */
            loops: components["schemas"]["LoopModel"][];
            /**
             * Jobs
             * @description The latest progress of every long job since the start.
             */
            jobs: components["schemas"]["JobModel"][];
        };
        /**
         * Step
         * @description A step of the window.
         */
        Step: {
            /** Start */
            start: string;
            /** End */
            end: string;
            /**
             * Partial
             * @description True: it ends after `asOf`, so more may come.
             */
            partial: boolean;
        };
        /**
         * SubjectModel
         * @description What can be asked of allocations, or of assets.
         */
        SubjectModel: {
            /** Groups */
            groups: string[];
            /** Filters */
            filters: components["schemas"]["FilterFieldModel"][];
            /** Columns */
            columns: components["schemas"]["ColumnModel"][];
        };
        /**
         * SuggestionsModel
         * @description Values of a field: those that begin with the search first.
         */
        SuggestionsModel: {
            /** Field */
            field: string;
            /** Values */
            values: string[];
            /**
             * More
             * @description True: there are others.
             */
            more: boolean;
        };
        /**
         * ThresholdsModel
         * @description More seconds than these since a cluster's last known hour ended make it behind, or silent.
         */
        ThresholdsModel: {
            /** Behindseconds */
            behindSeconds: number;
            /** Silentseconds */
            silentSeconds: number;
        };
        /**
         * Timeline
         * @description Everything that matches, as one line through time. Lists of cells are in the order of `columns`.
         */
        Timeline: {
            /** @description What was asked for, half-open, in UTC. */
            window: components["schemas"]["Span"];
            /**
             * Zone
             * @description Where days begin and end.
             */
            zone: string;
            /**
             * Asof
             * @description Until when data can be known.
             */
            asOf: string;
            /**
             * Partial
             * @description True: the window ends after `asOf`.
             */
            partial: boolean;
            /**
             * Steps
             * @description The parts of the window, in order.
             */
            steps: components["schemas"]["Step"][];
            /**
             * Columns
             * @description What stands at each place of a list of cells.
             */
            columns: components["schemas"]["ColumnModel"][];
            /**
             * Values
             * @description A list of cells per step, idle rows not counted; all null: nothing is known of the step.
             */
            values: (number | string | boolean | (number | null)[] | null)[][];
            /**
             * Total
             * @description The same of the whole window. Where steps meet on full hours, costs and quantities of `values` add up to it; a step that cuts an
             *     hour shares idle out within its part of it.
             */
            total: (number | string | boolean | (number | null)[] | null)[];
            /**
             * Idlevalues
             * @description With idle=separate: the same of idle rows, of the nodes of what matches (see idleBy); else null.
             */
            idleValues: (number | string | boolean | (number | null)[] | null)[][] | null;
            /**
             * Idletotal
             * @description The same of the whole window; `total` and `idleTotal` together are the total of the view.
             */
            idleTotal: (number | string | boolean | (number | null)[] | null)[] | null;
            /**
             * Notes
             * @description What a reader must be told once.
             */
            notes?: components["schemas"]["NoteModel"][];
            /**
             * Version
             * @description Of the data.
             */
            version: string;
        };
        /**
         * UnpricedModel
         * @description Assets of which something has no price: the reason and what to add to the price book.
         */
        UnpricedModel: {
            /** Resource */
            resource: string;
            /** Reason */
            reason: string;
            /** Cure */
            cure: string;
            /** Assets */
            assets: number;
        };
        /**
         * VerdictModel
         * @description The outcome of a check.
         */
        VerdictModel: {
            /**
             * Layer
             * @enum {string}
             */
            layer: "own" | "source";
            /** Check */
            check: string;
            /** Findings */
            findings: number;
            /**
             * Notpossible
             * @description Why it could not be made; empty: it was.
             */
            notPossible: string;
        };
        /**
         * View
         * @description An answer of rows, totals and series. Rows are lists of cells in the order of `columns`.
         */
        View: {
            /** @description What was asked for, half-open, in UTC. */
            window: components["schemas"]["Span"];
            /**
             * Zone
             * @description Where days begin and end.
             */
            zone: string;
            /**
             * Asof
             * @description Until when data can be known.
             */
            asOf: string;
            /**
             * Partial
             * @description True: the window ends after `asOf`.
             */
            partial: boolean;
            /**
             * Steps
             * @description The parts of the window, in order; a partial one ends after `asOf`.
             */
            steps: components["schemas"]["Step"][];
            /** @description The period that is compared with: as long, and as much of it gone by. */
            previous: components["schemas"]["Span"] | null;
            /**
             * Previouspartial
             * @description True: it begins before the data of some cluster do, so that no change is told.
             */
            previousPartial: boolean;
            /**
             * By
             * @description The columns that rows are told apart by.
             */
            by: string[];
            /**
             * Columns
             * @description What stands at each place of a row, those asked for by `columns`: name, unit, kind and meaning.
             */
            columns: components["schemas"]["ColumnModel"][];
            /**
             * Rows
             * @description A page of rows without idle, in the order asked for. null: not known, or without a price; never 0 for that.
             */
            rows: (number | string | boolean | (number | null)[] | null)[][];
            /**
             * Idlerows
             * @description Idle that is told apart, not counted as rows of the page.
             */
            idleRows: (number | string | boolean | (number | null)[] | null)[][];
            /**
             * Total
             * @description Everything shown, idle rows included; efficiencies without idle.
             */
            total: (number | string | boolean | (number | null)[] | null)[];
            /**
             * Prevtotal
             * @description The same of the period before; null where nothing is known of it.
             */
            prevTotal: (number | string | boolean | (number | null)[] | null)[] | null;
            /**
             * Rowcount
             * @description Rows there are, on all pages; with `q` those that were found.
             */
            rowCount: number;
            /**
             * Rowstotal
             * @description Their cost, $.
             */
            rowsTotal: number;
            /**
             * Nextcursor
             * @description Give it as `cursor` for the next page; null on the last one.
             */
            nextCursor: string | null;
            /** @description `{by, keys, values, other, idle}`: costs per step of the dearest, of all others together, and of idle. */
            series: components["schemas"]["SeriesModel"];
            /**
             * Othercount
             * @description How many values of `series.by` are in `series.other`.
             */
            otherCount: number;
            /**
             * @description Allocations: what sharing moved, $.
             * @default null
             */
            shared: components["schemas"]["SharedModel"] | null;
            /**
             * Hidden
             * @description Allocations: $ of idle that is left out with idle=hide.
             * @default null
             */
            hidden: number | null;
            /**
             * Filteredout
             * @description Allocations: $ that the filter leaves out.
             * @default null
             */
            filteredOut: number | null;
            /**
             * Whole
             * @description Allocations: total + hidden + filteredOut: the same for every question about this window, and more by an amount shared out.
             * @default null
             */
            whole: number | null;
            /**
             * Guesses
             * @description How much money rests on something assumed, and the cure.
             */
            guesses?: components["schemas"]["GuessModel"][];
            /**
             * Unpriced
             * @description What has no price: the reason, and what to add to the price book.
             */
            unpriced?: components["schemas"]["UnpricedModel"][];
            /**
             * Notes
             * @description What a reader must be told once.
             */
            notes?: components["schemas"]["NoteModel"][];
            /**
             * Version
             * @description Of the data; pages of one answer have the same.
             */
            version: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
