"""Packages written by hand for the tests: a sound one, and one with thirty faults in five files."""

from pathlib import Path

SOUND = {
    "organization": "code,name,currency,timezone,language,fiscal_year_start\nKES,Kestrane,EUR,Europe/Paris,en,1\n",
    "departments": (
        "code,name,parent,headcount,name_fr\n"
        "KES,Kestrane,,6040,\nOPS,Operations,KES,2900,Opérations\nSRV,Services,OPS,860,\n"
    ),
    "people": (
        "email,name,role,department\n"
        "cmo@kestrane.example,Tomas Lindqvist,admin,\n"
        "cmo@kestrane.example,Tomas Lindqvist,strategy_office,\n"
        "marek@kestrane.example,Marek Nowicki,manager,OPS\n"
        "guest@kestrane.example,A Guest,,\n"
    ),
    "visions": "code,statement,start,end,statement_fr\nV-1,The European reference,2024-01-01,2030-12-31,La référence\n",
    "objectives": (
        "code,title,description,level,department,vision,owner,start,end,perspective,progress_mode,blend,lifecycle,"
        "confidence,title_fr\n"
        'OBJ-1,Half the carbon,"Two lines,\nwith a comma",strategic,,V-1,cmo@kestrane.example,2025-01-01,2027-12-31,'
        "environment,,,active,60,Deux fois moins de carbone\n"
        "OBJ-2,Safest plants,,department,OPS,V-1,marek@kestrane.example,2025-01-01,2027-12-31,process,blend,0.5,active"
        ",,\n"
        "OBJ-3,Shorter lead times,,team,SRV,,,2025-01-01,2025-12-31,,,,draft,,\n"
    ),
    "contributions": (
        "child,parent,kind,weight\nOBJ-2,OBJ-1,contributes,2\nOBJ-3,OBJ-1,contributes,1.5\nOBJ-3,OBJ-2,supports,0\n"
    ),
    "kpis": (
        "code,name,description,department,owner,updater,unit,precision,direction,kind,frequency,time_aggregation,"
        "unit_aggregation,baseline,target,low,high,width,start,end,trajectory,formula,grace_days,parent,name_fr\n"
        "KPI-1,Carbon per euro,,OPS,marek@kestrane.example,,g/€,1,down,move,monthly,mean,none,200,100,,,,2025-01-01,"
        "2027-12-31,linear,,5,,Carbone par euro\n"
        "KPI-2,On time,,OPS,,marek@kestrane.example,%,1,up,guardrail,monthly,ratio,ratio,,95,,,,,,linear,,10,,\n"
        "KPI-3,Pressure,,SRV,,,bar,2,up,range,weekly,last,none,,,1.5,2.5,0.25,,,linear,,10,,\n"
        "KPI-4,Sales,,,,,EUR,2,up,period,quarterly,sum,sum,,,,,,,,custom,,10,,\n"
    ),
    "measures": "objective,kpi,weight\nOBJ-1,KPI-1,1\nOBJ-2,KPI-2,3\nOBJ-2,KPI-3,1\nOBJ-2,KPI-4,0.5\n",
    "targets": "kpi,period,value,low,high\nKPI-4,2026-01-01,1000,,\nKPI-4,2026-04-01,1100.25,,\n",
    "measurements": (
        "kpi,period,value,numerator,denominator,estimate,note\n"
        "KPI-1,2026-01-01,180,,,false,\nKPI-1,2026-05-01,178.5,,,true,first count\n"
        "KPI-2,2026-01-01,,2,4,false,\nKPI-2,2026-02-01,96,96,100,false,\n"
        "KPI-3,2026-01-05,1.75,,,false,\nKPI-4,2026-01-01,998.5,,,false,\nKPI-4,2026-04-01,,,,false,not yet known\n"
    ),
    "initiatives": (
        "code,title,description,department,owner,sponsor,stage,start,end,budget,actual_cost,progress,status,comment,"
        "confidence,comment_fr\n"
        "INI-1,New furnace,,OPS,marek@kestrane.example,cmo@kestrane.example,in_progress,2026-01-01,2026-12-31,1500000,"
        "250000.5,0.25,amber,Late by a week,70,Une semaine de retard\n"
        "INI-2,Routes,,SRV,,,idea,,,,,,,,,\n"
    ),
    "initiative_objectives": "initiative,objective,allocation\nINI-1,OBJ-1,0.4\nINI-1,OBJ-2,0.6\nINI-2,OBJ-3,\n",
}

BROKEN = {
    "organization": "code,name,currency,timezone,language,fiscal_year_start\nBAD,Broken,EURO,Paris,de,13\n",
    "departments": (
        "code,name,parent,headcount,colour\n"
        "A,Department A,B,many,\n"  # circle with B; text in a number
        "B,Department B,A,10,\n"
        "C,,NOWHERE,-1,\n"  # no name, unknown parent, negative
        "A,Department A again,,5,\n"  # double key
        "D/E,Slash,,1,\n"  # not a code
    ),
    "objectives": (
        "code,title,level,department,owner,start,end,perspective,confidence,progress_mode\n"
        "O1,One,galactic,Z,nobody@bad.example,2026-01-01,2025-12-31,money,101,\n"
        "O2,Two,team,A,not an address,01/02/2026,2026-12-31,,,blend\n"
        "O3,Three,team,A,,2026-01-01,2026-12-31,,,\n"
    ),
    "contributions": (
        "child,parent,kind,weight\nO1,O2,contributes,1\nO2,O3,contributes,-1\nO3,O1,contributes,one\nO1,O9,likes,1\n"
    ),
    "kpis": (
        "code,name,direction,kind,frequency,baseline,target,start,end,trajectory,formula,parent\n"
        "K1,One,up,move,monthly,10,5,2026-01-01,2026-12-31,linear,,\n"
        "K2,Two,up,move,monthly,10,10,2026-01-01,2026-12-31,seasonal,K1*2,K1\n"
        'K3,Three,sideways,move,hourly,1.2.3,"1,000",2026-01-01,2026-12-31,linear,,\n'
    ),
}

BROKEN_ERRORS = [
    ("organization", 2, "currency", "EURO"),
    ("organization", 2, "timezone", "Paris"),
    ("organization", 2, "language", "de"),
    ("organization", 2, "fiscal_year_start", "13"),
    ("departments", 1, "colour", "colour"),
    ("departments", 2, "headcount", "many"),
    ("departments", 3, "parent", "A"),
    ("departments", 4, "name", ""),
    ("departments", 4, "parent", "NOWHERE"),
    ("departments", 4, "headcount", "-1"),
    ("departments", 5, "code", "A"),
    ("departments", 6, "code", "D/E"),
    ("objectives", 2, "level", "galactic"),
    ("objectives", 2, "department", "Z"),
    ("objectives", 2, "owner", "nobody@bad.example"),
    ("objectives", 2, "end", "2025-12-31"),
    ("objectives", 2, "perspective", "money"),
    ("objectives", 2, "confidence", "101"),
    ("objectives", 3, "owner", "not an address"),
    ("objectives", 3, "start", "01/02/2026"),
    ("objectives", 3, "blend", ""),
    ("contributions", 3, "weight", "-1"),
    ("contributions", 4, "parent", "O1"),
    ("contributions", 4, "weight", "one"),
    ("contributions", 5, "parent", "O9"),
    ("contributions", 5, "kind", "likes"),
    ("kpis", 2, "direction", "up"),
    ("kpis", 3, "target", "10"),
    ("kpis", 3, "trajectory", "seasonal"),
    ("kpis", 3, "parent", "K1"),
    ("kpis", 4, "direction", "sideways"),
    ("kpis", 4, "frequency", "hourly"),
    ("kpis", 4, "baseline", "1.2.3"),
    ("kpis", 4, "target", "1,000"),
]


def write_package(folder: Path, tables: dict[str, str]) -> Path:
    """The tables as a folder of `.csv` files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder
