/** The figures at the top: what all of it costs, at which rate, how much is idle, how well it is used. */
import { ChangeOf, Stat } from '../../components/figures';
import { hoursGoneBy } from '../../components/windows';
import type { Search, Table } from '../../data';
import { monthly, useFormat } from '../../format';

export function Headline({ table, search }: { table: Table; search: Search }) {
  const format = useFormat();
  const { view, total } = table;
  const cost = table.number(total, 'total_cost');
  const hours = hoursGoneBy(view.window.start, view.window.end, view.asOf);
  const idle = search.idle === 'separate' ? table.idle.reduce((sum, row) => sum + (table.number(row, 'total_cost') ?? 0), 0) : table.number(total, 'idle_cost');
  const idleTitle = search.idle === 'share' ? 'Idle, shared out' : 'Idle';
  return (
    <>
      <Stat label="Cost" beside={search.compare === 'previous' ? <ChangeOf now={cost} before={table.before(total)} /> : undefined}>
        <span data-testid="total">{format.headline(cost)}</span>
      </Stat>
      <Stat label="A month at this rate" title={`Over the ${format.count(hours)} hours that have gone by, times 730`}>
        {format.short(cost === null || hours <= 0 ? null : monthly(cost / hours))}
      </Stat>
      <Stat label={search.idle === 'hide' ? 'Idle, hidden' : idleTitle}>{search.idle === 'hide' ? format.short(view.hidden ?? null) : format.share(cost && idle !== null ? idle / cost : null)}</Stat>
      <Stat label="Efficiency" title="Used of what was requested, CPU and memory weighted by cost">{format.share(table.number(total, 'efficiency'))}</Stat>
    </>
  );
}
