/**
 * Every number and date on the screen is written here, in the reader's own locale, and nowhere else.
 *
 * What is unknown is an em dash, what is exactly nothing an en dash, and what rounds to nothing says that it is less than a cent: the three are
 * different things.
 */

export const UNKNOWN = '—';
export const NOTHING = '–';
const LARGEST_CHANGE = 9.99;
const HOURS_A_MONTH = 730;

export interface Change {
  text: string;
  /** 1: more, -1: less, 0: as it was, null: nothing to compare with. */
  direction: 1 | 0 | -1 | null;
}

type Num = number | null | undefined;

export class Format {
  private readonly cache = new Map<string, Intl.NumberFormat>();
  private readonly dates = new Map<string, Intl.DateTimeFormat>();
  private amounts: Intl.NumberFormat | undefined;
  private places: number | undefined;

  constructor(
    readonly locale: string,
    readonly currency: string,
    /** An IANA name or UTC: days are named as they are there. */
    readonly zone: string,
  ) {}

  /** Be ready to write money: the first amount takes a browser a while. */
  prepare(): void {
    this.amount(this.decimals);
  }

  /** In a table: always as many decimals as the currency has. */
  money(value: Num): string {
    if (!known(value)) return UNKNOWN;
    if (value === 0) return NOTHING;
    const cent = 10 ** -this.decimals;
    if (Math.abs(value) < cent / 2) return value < 0 ? `>${this.amount(-cent)}` : `<${this.amount(cent)}`;
    return this.amount(value);
  }

  /** Where a figure stands alone: as `money`, but nothing is 0. */
  headline(value: Num): string {
    return value === 0 ? this.amount(0) : this.money(value);
  }

  /** Three digits and a suffix, for axes and where room is short. */
  short(value: Num): string {
    if (!known(value)) return UNKNOWN;
    const size = Math.abs(value);
    if (size < 1000) return this.number(value, { style: 'currency', currency: this.currency, minimumFractionDigits: 0, maximumFractionDigits: size < 10 ? 2 : 0 });
    return this.number(value, { style: 'currency', currency: this.currency, notation: 'compact', maximumSignificantDigits: 3 });
  }

  /** A price per unit: four digits that mean something. */
  price(value: Num): string {
    if (!known(value)) return UNKNOWN;
    return this.number(value, { style: 'currency', currency: this.currency, minimumSignificantDigits: 2, maximumSignificantDigits: 4 });
  }

  /** A part of a whole: one decimal, none from 100 % on. */
  share(value: Num): string {
    if (!known(value)) return UNKNOWN;
    const decimals = Math.abs(value) >= 0.9995 ? 0 : 1;
    return this.number(value, { style: 'percent', minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  }

  /** A change since the period before. `before`: its cost; null where nothing is known of it. */
  change(now: Num, before: Num): Change {
    if (!known(now) || !known(before)) return { text: UNKNOWN, direction: null };
    if (before === 0) return now > 0 ? { text: 'new', direction: 1 } : { text: NOTHING, direction: 0 };
    if (now === 0) return { text: 'ended', direction: -1 };
    const change = now / before - 1;
    if (Math.abs(change) < 0.0005) return { text: this.number(0, { style: 'percent', minimumFractionDigits: 1 }), direction: 0 };
    const options = { style: 'percent', signDisplay: 'always', minimumFractionDigits: 1, maximumFractionDigits: 1 } as const;
    if (change > LARGEST_CHANGE) return { text: `>${this.number(LARGEST_CHANGE, { ...options, minimumFractionDigits: 0, maximumFractionDigits: 0 })}`, direction: 1 };
    return { text: this.number(change, options), direction: change > 0 ? 1 : -1 };
  }

  /** A difference in money, always with its sign. */
  difference(value: Num): string {
    if (!known(value)) return UNKNOWN;
    return this.number(value, { style: 'currency', currency: this.currency, signDisplay: 'exceptZero' });
  }

  /** A quantity with its unit, in few digits. */
  quantity(value: Num, unit: string): string {
    if (!known(value)) return UNKNOWN;
    if (value === 0) return NOTHING;
    if (unit === 'B') return this.bytes(value);
    return unit ? `${this.count(value)} ${unit}` : this.count(value);
  }

  /** Cores: thousandths under one. */
  cores(value: Num): string {
    if (!known(value)) return UNKNOWN;
    if (Math.abs(value) < 1) return `${this.number(value * 1000, { maximumFractionDigits: Math.abs(value) < 0.01 ? 1 : 0 })} m`;
    return `${this.number(value, { maximumFractionDigits: value < 10 ? 2 : 1 })} cores`;
  }

  /** Bytes, by 1024. */
  bytes(value: Num): string {
    if (!known(value)) return UNKNOWN;
    const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
    let rest = value;
    let unit = 0;
    while (Math.abs(rest) >= 1024 && unit < units.length - 1) {
      rest /= 1024;
      unit += 1;
    }
    return `${this.number(rest, { maximumFractionDigits: rest < 10 ? 2 : rest < 100 ? 1 : 0 })} ${units[unit] ?? ''}`;
  }

  /** How many, or how much of something, in few digits. */
  count(value: Num): string {
    if (!known(value)) return UNKNOWN;
    const size = Math.abs(value);
    if (size >= 100_000) return this.number(value, { notation: 'compact', maximumSignificantDigits: 3 });
    return this.number(value, Number.isInteger(value) || size >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 });
  }

  /** How many, to the last one. */
  whole(value: Num): string {
    return known(value) ? this.number(value, { maximumFractionDigits: 0 }) : UNKNOWN;
  }

  /** A day: Thu 19 Nov. */
  day(iso: string): string {
    return this.date({ weekday: 'short', day: 'numeric', month: 'short' }).format(new Date(iso));
  }

  /** A day with its year. */
  fullDay(iso: string): string {
    return this.date({ day: 'numeric', month: 'short', year: 'numeric' }).format(new Date(iso));
  }

  /** A moment: 19 Nov, 14:00. */
  moment(iso: string): string {
    return this.date({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hour12: false }).format(new Date(iso));
  }

  /** The hour alone: 14:00. */
  hour(iso: string): string {
    return this.date({ hour: '2-digit', minute: '2-digit', hour12: false }).format(new Date(iso));
  }

  /** Whether a day begins at that moment. */
  midnight(iso: string): boolean {
    return ['00:00', '24:00'].includes(this.hour(iso));
  }

  /** The days of a half-open window in few letters, without year: Nov 24 – 30. */
  days(start: string, end: string): string {
    return this.date({ day: 'numeric', month: 'short' }).formatRange(new Date(start), new Date(new Date(end).getTime() - 1));
  }

  /** A window, half-open, in the days that it covers; with hours where it begins or ends inside a day. */
  window(start: string, end: string): string {
    if (!this.midnight(start) || !this.midnight(end)) return `${this.moment(start)} – ${this.moment(end)}`;
    const last = new Date(new Date(end).getTime() - 1).toISOString();
    return this.fullDay(start) === this.fullDay(last) ? this.fullDay(start) : `${this.day(start)} – ${this.day(last)}`;
  }

  /** How long, in the two largest units: 3 h 20 min. */
  duration(seconds: Num): string {
    if (!known(seconds)) return UNKNOWN;
    if (seconds < 60) return `${Math.max(0, Math.round(seconds))} s`;
    const minutes = Math.round(seconds / 60);
    if (minutes < 60) return `${minutes} min`;
    if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h${minutes % 60 ? ` ${minutes % 60} min` : ''}`;
    return `${Math.floor(minutes / 1440)} d${Math.floor((minutes % 1440) / 60) ? ` ${Math.floor((minutes % 1440) / 60)} h` : ''}`;
  }

  /** Cents that `parts`, each shown rounded, are apart from their sum as shown: what a column loses by rounding. */
  rounding(parts: readonly Num[], total: Num): number {
    if (!known(total)) return 0;
    const unit = 10 ** this.decimals;
    const shown = parts.reduce<number>((sum, part) => sum + (known(part) ? Math.round(Math.abs(part) * unit + 1e-9) * Math.sign(part) : 0), 0);
    return (Math.round(Math.abs(total) * unit + 1e-9) * Math.sign(total) - shown) / unit;
  }

  /** How many digits the currency has after its point. */
  private get decimals(): number {
    return (this.places ??= this.currencyFormat().resolvedOptions().maximumFractionDigits ?? 2);
  }

  private amount(value: number): string {
    return this.currencyFormat().format(value);
  }

  private currencyFormat(): Intl.NumberFormat {
    return (this.amounts ??= new Intl.NumberFormat(this.locale, { style: 'currency', currency: this.currency }));
  }

  private number(value: number, options: Intl.NumberFormatOptions): string {
    return this.numbers(options).format(value);
  }

  private numbers(options: Intl.NumberFormatOptions): Intl.NumberFormat {
    const key = JSON.stringify(options);
    let found = this.cache.get(key);
    if (!found) this.cache.set(key, (found = new Intl.NumberFormat(this.locale, options)));
    return found;
  }

  private date(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
    const key = JSON.stringify(options);
    let found = this.dates.get(key);
    if (!found) this.dates.set(key, (found = new Intl.DateTimeFormat(this.locale, { ...options, timeZone: this.zone })));
    return found;
  }
}

/** A month of a rate per hour: 730 hours, as the field counts it. */
export const monthly = (perHour: number): number => perHour * HOURS_A_MONTH;

function known(value: Num): value is number {
  return value !== null && value !== undefined && Number.isFinite(value);
}
