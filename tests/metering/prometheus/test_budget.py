from __future__ import annotations

import threading

import pytest

from farthing.core.errors import BudgetExceeded
from farthing.core.settings import PrometheusSettings
from farthing.metering.prometheus import Asked
from farthing.metering.prometheus.budget import Budget


def test_sums_are_kept_as_a_whole_and_by_measurement() -> None:
    asked = Asked()
    asked.count("cpu", queries=1, points=10)
    asked.count("ram", queries=2)
    assert (asked.queries, asked.points) == (3, 10)
    assert asked.measurements["ram"].queries == 2
    assert asked.measurements["cpu"].points == 10


def test_no_count_is_lost_between_threads() -> None:
    asked = Asked()

    def work() -> None:
        for _ in range(2000):
            asked.count("cpu", queries=1)
            asked.warn(["same"])

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert asked.queries == asked.measurements["cpu"].queries == 8000
    assert asked.warnings == ["same"]


def test_each_warning_is_kept_once_in_order() -> None:
    asked = Asked()
    asked.warn(["b", "a", "b"])
    asked.warn(["a", "c"])
    assert asked.warnings == ["b", "a", "c"]


def test_limits_name_the_setting_and_its_value() -> None:
    asked = Asked()
    budget = Budget(PrometheusSettings(url="http://x", max_queries=10, max_series=1000, max_samples=5000), asked)
    asked.count("m", queries=8)
    budget.check_queries("m", 2)
    with pytest.raises(BudgetExceeded, match=r"prometheus\.max_queries = 10"):
        budget.check_queries("m", 3)
    budget.check_series("m", 1000)
    with pytest.raises(BudgetExceeded, match=r"prometheus\.max_series = 1,000"):
        budget.check_series("m", 1001)


def test_samples_are_the_server_s_count_or_else_the_points_it_sent() -> None:
    asked = Asked()
    budget = Budget(PrometheusSettings(url="http://x", max_samples=5000), asked)
    asked.count("m", samples=4000)
    budget.check_samples("m", 999_999, said=True)  # its points are among the 4,000 samples the server told of
    budget.check_samples("m", 1000, said=False)  # 4,000 + 1,000 = 5,000
    with pytest.raises(BudgetExceeded, match=r"has read 5,001 samples") as caught:
        budget.check_samples("m", 1, said=False)
    assert "prometheus.max_samples = 5,000" in str(caught.value)
