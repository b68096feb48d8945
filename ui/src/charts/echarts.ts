/** ECharts, as little of it as is drawn: it comes in a piece of its own, after the page. */
import { BarChart, LineChart, TreemapChart } from 'echarts/charts';
import { AriaComponent, GridComponent, TooltipComponent } from 'echarts/components';
import { init, use as register, type ECharts } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

register([BarChart, LineChart, TreemapChart, GridComponent, TooltipComponent, AriaComponent, SVGRenderer]);

export { init, type ECharts };
