"""What other systems publish, turned into packages of strategy files; one folder for each."""
