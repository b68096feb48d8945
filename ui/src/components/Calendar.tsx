import { useState } from 'react';
import { DayPicker, type DateRange } from 'react-day-picker';

/** Two clicks: the first and the last day. It comes when the picker is opened. */
export default function Calendar({ chosen, locale, onChoose }: { chosen: [Date, Date] | null; locale: string; onChoose: (first: Date, last: Date) => void }) {
  const [range, setRange] = useState<DateRange | undefined>(chosen ? { from: chosen[0], to: chosen[1] } : undefined);
  const [begun, setBegun] = useState(false);
  return (
    <DayPicker
      mode="range"
      weekStartsOn={1}
      defaultMonth={range?.from ?? new Date()}
      disabled={{ after: new Date() }}
      selected={range}
      labels={{
        labelDayButton: (day, { today, selected }) => [today ? 'today' : '', day.toLocaleDateString(locale, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }), selected ? 'chosen' : ''].filter(Boolean).join(', '),
      }}
      formatters={{
        formatCaption: (month) => month.toLocaleDateString(locale, { month: 'long', year: 'numeric' }),
        formatWeekdayName: (day) => day.toLocaleDateString(locale, { weekday: 'narrow' }),
      }}
      onSelect={(_, day) => {
        if (begun && range?.from) {
          const [first, last] = day < range.from ? [day, range.from] : [range.from, day];
          onChoose(first, last);
          setBegun(false);
        } else {
          setRange({ from: day, to: undefined });
          setBegun(true);
        }
      }}
      classNames={{
        root: 'relative w-[252px] select-none',
        month_caption: 'flex h-8 items-center px-2 font-semibold text-sm',
        nav: 'absolute top-0 right-0 flex gap-1',
        button_previous: 'btn btn-quiet h-8 px-1.5',
        button_next: 'btn btn-quiet h-8 px-1.5',
        chevron: 'size-4 fill-current',
        weekday: 'h-7 w-9 text-xs font-normal text-ink3',
        day: 'num h-8 w-9 p-0 text-center text-sm',
        day_button: 'h-8 w-9 rounded-md hover:bg-hover',
        today: 'font-bold text-accent',
        selected: 'bg-accent-soft',
        range_start: 'rounded-l-md bg-accent-soft font-semibold',
        range_end: 'rounded-r-md bg-accent-soft font-semibold',
        disabled: 'text-ink3 opacity-50',
        outside: 'text-ink3 opacity-50',
      }}
    />
  );
}
