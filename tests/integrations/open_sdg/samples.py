"""A small Open SDG folder written by hand, with everything that published ones have been seen to hold."""

from pathlib import Path

FILES = {
    "data/indicator_1-1-1.csv": (
        "\ufeffYear,Series,Sex,Age,Units,Unit multiplier,Observation status,GeoCode,Value\n"
        "2015,Rate,,,Percentage (%),Units,Normal value,,14.5\n"
        "2016,Rate,,,Percentage (%),Units,Estimated value,,13.25\n"
        "2017,Rate,,,Percentage (%),Units,Missing value,,\n"
        "2018,Rate,,,Percentage (%),Units,Missing value,,12\n"
        "2019,Rate,,,Percentage (%),Units,Provisional,,[c]\n"
        "2020,Rate,,,Percentage (%),Units,Normal value,,10.4\n"
        "2020,Rate,,,Percentage (%),Units,Normal value,,10.5\n"
        "2999,Rate,,,Percentage (%),Units,Normal value,,1\n"
        '2015/16,Rate,Female,15 to 24,Percentage (%),Units,Normal value,E1,"1,014.5"\n'
        "2016/17,Rate,Female,15 to 24,Percentage (%),Units,Low reliability,E1,-\n"
        "2015,Rate,Male,,Percentage (%),Units,Normal value,,..\n"
        "2015,Number,,,People,Thousands,Normal value,,250\n"
        "2015,Number,,,People,Thousands,Normal value,,about 300\n"
    ),
    "meta/1-1-1.md": (
        "---\nindicator_name: global_indicators.1-1-1-title\ntarget_name: global_targets.1-1-title\n"
        "indicator_available: Poverty <b>rate</b>\nnational_indicator_description: >-\n"
        "  <p>Share of people.</p> <p>Below the line.</p>\n"
        "reporting_status: complete\nsource_organisation_1: Statistics Office\n"
        "progress_calculation_options:\n- series: Rate\n  direction: negative\n"
        "  base_year: 2015\n  target: 7.25\n  target_year: 2030\n"
        "---\nA page.\n"
    ),
    "data/indicator_1-2-1.csv": (
        "Year,Geography,Progress,Value\n2015,Canada,1.5,12.5\n2016,Canada,1.25,12\n2016,Ontario,,11\n"
    ),
    "meta/1-2-1.md": (
        "---\nindicator_name: Unpaid work\ntarget_id: '1.2'\ntarget_name: Half of it\n"
        "progress_calculation_options:\n- direction: positive\n  target: 1\n  target_year: 2030\n  disaggregation:\n"
        "  - field: Geography\n    value: Canada\n---\n"
    ),
    "data/indicator_1-3-1.csv": "Year,Value\n2010 Q4,1\n2011 Q1,2.5\n2010,7\n",
    "data/indicator_1-10-1.csv": "Year,Value\n2015,0\n",
    "indicator-config/1-10-1.yml": "reporting_status: notstarted\ncomputation_units: ''\n",
    "meta/1-10-1.yml": "indicator_name: Not yet\n",
    "data/indicator_2-a-1.csv": "Year,Value\n",
    "meta/2-a-1.md": "---\nindicator_name: Nothing yet\n---\n",
    "meta/archived-1-1-9.md": "---\nindicator_name: Gone\n---\n",
    "translations/en/global_goals.yml": "1-title: End poverty\n",
    "translations/en/global_targets.yml": "1-1-title: <p>Eradicate</p><p>By 2030</p>\n",
}


def write_folder(folder: Path, **more: str) -> Path:
    """The folder; `more` files by their path with `__` for a slash replace or add to it."""
    files = FILES | {name.replace("__", "/"): text for name, text in more.items()}
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
