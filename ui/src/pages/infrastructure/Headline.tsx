/** The figures at the top: what assets cost, at which rate, how many there are, and how much of the nodes nobody held. */
import { ChangeOf, Stat } from '../../components/figures';
import { hoursGoneBy } from '../../components/windows';
import type { Search, Table } from '../../data';
import { monthly, useFormat } from '../../format';

export function Headline({ table, search }: { table: Table; search: Search }) {
  const format = useFormat();
  const { view, total } = table;
  const cost = table.number(total, 'total_cost');
  const hours = hoursGoneBy(view.window.start, view.window.end, view.asOf);
  const cores = table.number(total, 'cpu_core_hours');
  return (
    <>
      <Stat label="Cost" beside={search.compare === 'previous' ? <ChangeOf now={cost} before={table.before(total)} /> : undefined}>
        <span data-testid="total">{format.headline(cost)}</span>
      </Stat>
      <Stat label="A month at this rate" title={`Over the ${format.count(hours)} hours that have gone by, times 730`}>
        {format.short(cost === null || hours <= 0 ? null : monthly(cost / hours))}
      </Stat>
      <Stat label="Assets" title="That lived for any part of the window">{format.whole(table.number(total, 'assets'))}</Stat>
      <Stat label="Average cores" title="Core-hours of capacity, divided by the hours that have gone by">
        {format.count(cores === null || hours <= 0 ? null : Math.round((cores / hours) * 10) / 10)}
      </Stat>
    </>
  );
}
